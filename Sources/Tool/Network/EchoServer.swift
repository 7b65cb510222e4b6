import Flatline
import Glibc

/// Sends every byte back, to a bounded number of clients, until it is asked to end.
struct EchoServer: ~Copyable {
  private let listener: Listener
  private let resets: Bool
  private var clients: [CInt: Client] = [:]

  /// More connections than these are closed at once.
  private static let mostClients = 256
  /// The pause of the listener when no descriptors are left.
  private static let pause: CInt = 100

  /// A dictionary cannot hold noncopyable values; this class can.
  private final class Client {
    var echo: EchoClient
    init(_ echo: consuming EchoClient) { self.echo = echo }
  }

  /// - Parameter resets: whether the server ends its connections with RST instead of FIN.
  init(_ listener: consuming Listener, resets: Bool) {
    self.listener = listener
    self.resets = resets
  }

  /// - Parameter parent: a descriptor whose end of stream ends the server too; -1 for none.
  mutating func run(until interruption: Interruption, parent: CInt = -1) {
    var isPaused = false
    while true {
      var entries = [
        pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: parent, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isPaused ? -1 : listener.socket.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      entries += clients.map { pollfd(fd: $0.key, events: $0.value.echo.interest, revents: 0) }
      let ready = poll(&entries, nfds_t(entries.count), isPaused ? EchoServer.pause : -1)
      isPaused = false
      // Out of memory for the wait itself, or interrupted: poll again.
      if ready < 0 { continue }
      if entries[0].revents != 0 || EchoServer.hasEnded(entries[1]) { break }
      for entry in entries.dropFirst(3) where entry.revents != 0 {
        if clients[entry.fd]?.echo.serve() == false { clients[entry.fd] = nil }
      }
      if entries[2].revents != 0 { isPaused = !acceptAll() }
    }
    end()
  }

  /// False when there are no descriptors left.
  private mutating func acceptAll() -> Bool {
    do throws(Errno) {
      while let socket = try StreamSocket(acceptedBy: listener.socket) {
        guard clients.count < EchoServer.mostClients else { continue }
        clients[socket.descriptor] = Client(EchoClient(socket))
      }
      return true
    } catch {
      return false
    }
  }

  private mutating func end() {
    // The listener's close would reset connections that still wait, even if FIN was asked for.
    _ = acceptAll()
    for client in clients.values {
      if resets { client.echo.socket.resetOnClose() } else { client.echo.finish() }
    }
    clients = [:]
  }

  /// Whether a parent's pipe is at its end. Bytes from it are discarded.
  private static func hasEnded(_ entry: pollfd) -> Bool {
    guard entry.revents != 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = read(entry.fd, &buffer, buffer.count)
    return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)
  }
}
