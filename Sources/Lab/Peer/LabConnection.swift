package import FlatlineCore
import Glibc
import Synchronization

/// One TCP connection from the lab's client to a ``Peer``, with the client's traffic on it.
///
/// The descriptor is non-blocking, closed on exec and sends small writes at once (TCP_NODELAY). The connection owns it
/// and closes it in ``close()`` or when the value goes.
public final class LabConnection: Sendable {
  /// The traffic that the client sends by itself.
  public enum Traffic: Sendable, Hashable {
    /// Nothing.
    case idle
    /// `bytes` bytes at every `interval`.
    case active(bytes: Int, every: Duration)
    /// As much as the connection takes.
    case bulk

    /// 100 bytes every 100 ms.
    public static let active = Traffic.active(bytes: 100, every: .milliseconds(100))
  }

  private struct State {
    var isOpen = true
    var traffic = Traffic.idle
    var bulk: BulkSender?
    var isReading = false
    var isReadElsewhere = false
    var isBusy = false
  }

  /// The client's socket, in the client's namespace and usable from this process.
  public let descriptor: CInt
  /// The client's port.
  public let port: UInt16
  /// The program at the other end.
  public let peer: Peer
  private let regular: RegularSender
  private let state = Mutex(State())

  init(descriptor: CInt, port: UInt16, peer: Peer, regular: RegularSender) {
    self.regular = regular
    self.descriptor = descriptor
    self.port = port
    self.peer = peer
  }

  deinit {
    close()
  }

  /// The client's current traffic. A thread of the lab sends it and stops at the first error; a full send buffer is no
  /// error. Like any sender it takes the socket's pending error when there is one.
  public var traffic: Traffic { state.withLock { $0.traffic } }

  /// Changes the client's traffic at once. Does nothing after ``close()``.
  public func setTraffic(_ traffic: Traffic) throws(LabError) {
    if case .active(let bytes, let interval) = traffic,
      bytes < 1 || bytes > 1 << 20 || interval < .milliseconds(1)
    {
      throw .invalid("traffic is of 1 to 1,048,576 bytes at least 1 ms apart, not \(bytes) every \(interval)")
    }
    try state.withLock { state throws(LabError) in
      guard state.isOpen else { return }
      stop(&state)
      switch traffic {
      case .idle: break
      case .active(let bytes, let interval): regular.add(descriptor, bytes: bytes, every: interval)
      case .bulk: state.bulk = try BulkSender(descriptor)
      }
      state.traffic = traffic
    }
  }

  /// The time of the client's next regular write; `nil` unless its traffic is `active`.
  package var nextWrite: MonotonicTime? { regular.nextWrite(to: descriptor) }

  /// Whether a thread of the lab reads and discards what comes, as a program that receives does.
  public var isReading: Bool { state.withLock { $0.isReading } }

  /// Begins or ends the reading. Like any reader it takes the socket's pending error when there is one. Does nothing after
  /// ``close()``, nor where something else reads the stream.
  public func setReading(_ isReading: Bool) {
    state.withLock { state in
      guard state.isOpen, !state.isReadElsewhere, state.isReading != isReading else { return }
      state.isReading = isReading
      if isReading {
        regular.addReader(descriptor)
      } else {
        regular.removeReader(descriptor)
      }
    }
  }

  /// From now on something else reads the stream.
  package func leaveReading() {
    setReading(false)
    state.withLock { $0.isReadElsewhere = true }
  }

  /// Whether the client's program is in the middle of something that leaves no place for a ping, such as a long query.
  public var isBusy: Bool { state.withLock { $0.isBusy } }

  /// Begins or ends that.
  public func setBusy(_ isBusy: Bool) { state.withLock { $0.isBusy = isBusy } }

  /// Ends the client's own direction (`shutdown(SHUT_WR)`): a FIN behind all that was sent.
  public func finish() throws(LabError) {
    try setTraffic(.idle)
    guard shutdown(descriptor, CInt(SHUT_WR)) == 0 || errno == ENOTCONN else {
      throw .systemCall("shutdown", .last)
    }
  }

  private func stop(_ state: inout State) {
    regular.remove(descriptor)
    state.bulk?.end()
    state.bulk = nil
  }

  /// Sets the options of a newly connected socket. Returns its port.
  static func prepare(_ socket: CInt) throws(LabError) -> UInt16 {
    var on: CInt = 1
    let flags = fcntl(socket, F_GETFL)
    guard setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size)) == 0,
      flags >= 0, fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0
    else { throw .systemCall("preparing a connection", .last) }
    var local = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &local) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
    }
    guard code == 0 else { throw .systemCall("getsockname", .last) }
    return UInt16(bigEndian: local.sin_port)
  }

  /// Sends one byte that the peer does not expect.
  func sendByte(_ byte: UInt8 = UInt8(ascii: "x")) throws(LabError) {
    var byte = byte
    guard send(descriptor, &byte, 1, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)) == 1 || errno == EAGAIN else {
      throw .systemCall("sending a byte", .last)
    }
  }

  /// Ends the traffic and closes the client's socket.
  public func close() {
    state.withLock { state in
      guard state.isOpen else { return }
      stop(&state)
      regular.removeReader(descriptor)
      state.isOpen = false
      Glibc.close(descriptor)
    }
  }
}
