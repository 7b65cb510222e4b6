import Flatline
import Glibc

/// A connection to a peer, on the first of its addresses that accepts one.
struct Connection: ~Copyable {
  let socket: StreamSocket
  let address: SocketAddress

  /// The time limit for one address.
  private static let patience: CInt = 5000

  /// - Throws: an error with every tried address and its error; or the interruption.
  init(
    to addresses: [SocketAddress], of peer: PeerAddress, _ interruption: Interruption
  ) throws(CommandError) {
    var errors: [String] = []
    for address in addresses {
      do throws(Errno) {
        let socket = try StreamSocket(family: address.family)
        try Connection.connect(socket, to: address, interruption)
        socket.sendWithoutDelay()
        self.socket = socket
        self.address = address
        return
      } catch {
        if error == .interrupted { throw CommandError(status: .interrupted, message: "interrupted") }
        errors.append("\(address): \(error)")
      }
    }
    let port = peer.port
    let reasons = errors.isEmpty ? "no address for port \(port)" : errors.joined(separator: "; ")
    throw .failure("cannot connect to \(peer.host.inOneLine): \(reasons)")
  }

  private static func connect(
    _ socket: borrowing StreamSocket, to address: SocketAddress, _ interruption: Interruption
  ) throws(Errno) {
    let descriptor = socket.descriptor
    let code = address.withPointer { Glibc.connect(descriptor, $0, $1) }
    if code == 0 { return }
    guard errno == EINPROGRESS || errno == EINTR else { throw .current }
    let deadline = MonotonicTime.now() + .milliseconds(Int64(patience))
    while true {
      var entries = [
        pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&entries, 2, deadline.millisecondsAway)
      if ready < 0, errno != EINTR { throw .current }
      if ready < 0 { continue }
      if entries[0].revents != 0 {
        if let error = socket.takeError() { throw error }
        return
      }
      if entries[1].revents != 0 { throw .interrupted }
      if MonotonicTime.now() >= deadline { throw Errno(rawValue: ETIMEDOUT) }
    }
  }
}

extension MonotonicTime {
  /// For poll(2): milliseconds until this moment, rounded up; -1 for never. At most a day: check again then.
  var millisecondsAway: CInt {
    guard self != .never else { return -1 }
    let nanoseconds = max(0, (self - .now()).clampedNanoseconds)
    return CInt(min(86_400_000, (nanoseconds + 999_999) / 1_000_000))
  }
}
