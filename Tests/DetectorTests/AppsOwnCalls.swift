import Flatline
import FlatlineTestSupport
import Glibc

/// One call of an app on its socket, and what it returned.
struct CallResult: Equatable, CustomStringConvertible {
  let call: AppCall
  let result: Int
  /// The errno of a call that failed, or the value of SO_ERROR.
  let error: CInt

  var description: String {
    "\(call) = \(result) (\(error == 0 ? "no error" : String(cString: strerror(error))))"
  }
}

/// What an app does with a socket whose peer may be gone.
enum AppCall: CaseIterable {
  case read, write, pendingError

  func make(on socket: CInt) -> CallResult {
    switch self {
    case .read:
      var buffer = [UInt8](repeating: 0, count: 4)
      let count = recv(socket, &buffer, buffer.count, CInt(MSG_DONTWAIT))
      return CallResult(call: self, result: count, error: count < 0 ? errno : 0)
    case .write:
      let count = send(socket, "x", 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
      return CallResult(call: self, result: count, error: count < 0 ? errno : 0)
    case .pendingError:
      var value: CInt = 0
      var length = socklen_t(MemoryLayout<CInt>.size)
      let code = getsockopt(socket, SOL_SOCKET, SO_ERROR, &value, &length)
      return CallResult(call: self, result: Int(code), error: value)
    }
  }

  /// Each call first once, then all of them twice over.
  ///
  /// - Parameter isAnswered: whether the peer answers a write with a reset; the next call waits for that.
  static func sequence(first: AppCall, on socket: CInt, isAnswered: Bool = false) -> [CallResult] {
    let others = allCases.filter { $0 != first }
    return ([first] + others + [first] + others + allCases).map { call in
      let result = call.make(on: socket)
      if isAnswered, call == .write, result.result > 0 { socket.waitFor(POLLHUP) }
      return result
    }
  }
}

/// How the peer ends a connection.
enum PeerEnd: CaseIterable {
  case fin, finWithUnread, reset, resetWithUnread, resetAfterFIN, resetWithSent

  /// Lets it happen, and returns when the kernel has seen it all.
  func happen(to pair: TCPPair) throws {
    switch self {
    case .fin: pair.serverCloses()
    case .finWithUnread:
      try pair.serverSends("seven b")
      pair.serverShutsDownWrite()
    case .reset: pair.serverResets()
    case .resetWithUnread:
      try pair.serverSends("seven b")
      pair.serverResets()
    case .resetAfterFIN:
      pair.serverShutsDownWrite()
      pair.client.waitFor(pollReadHangUp)
      pair.serverResets()
    case .resetWithSent:
      // The app's own bytes lie unread at the peer.
      send(pair.client, "unread", 6, CInt(MSG_NOSIGNAL))
      pair.server.waitFor(POLLIN)
      pair.serverResets()
    }
    pair.client.waitFor(isReset ? POLLHUP : pollReadHangUp)
  }
}

// Glibc's module leaves it out (poll(2)).
private let pollReadHangUp: CInt = 0x2000

extension CInt {
  /// Waits, at most 5 s, until poll(2) reports a bit of this descriptor. Takes nothing from the socket.
  fileprivate func waitFor(_ bit: CInt) {
    for _ in 0..<5000 {
      var entry = pollfd(fd: self, events: Int16(POLLIN | pollReadHangUp), revents: 0)
      poll(&entry, 1, 0)
      if CInt(entry.revents) & bit != 0 { return }
      usleep(1000)
    }
  }
}
