import Flatline
import Glibc

/// Sends every byte back, to a bounded number of clients, until it is asked to end.
struct EchoServer: ~Copyable {
  private let listener: Listener
  private let resets: Bool
  private var clients: [CInt: Client] = [:]

  /// More connections than these are closed at once.
  private static let mostClients = 256
  /// How long to leave the listener alone when there are no descriptors left.
  private static let pause: CInt = 100

  /// A dictionary cannot hold what cannot be copied; this can.
  private final class Client {
    var echo: EchoClient
    init(_ echo: consuming EchoClient) { self.echo = echo }
  }

  /// - Parameter resets: whether the end resets the connections in place of closing them.
  init(_ listener: consuming Listener, resets: Bool) {
    self.listener = listener
    self.resets = resets
  }

  /// - Parameter parent: a descriptor at whose end of stream the server ends too; -1 for none.
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
      // Out of memory for the wait itself, or interrupted: look again.
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
    // Connections that still wait would be reset with the listener's close, whatever was asked for.
    _ = acceptAll()
    for client in clients.values {
      if resets { client.echo.socket.resetOnClose() } else { client.echo.finish() }
    }
    clients = [:]
  }

  /// Whether a parent's pipe is at its end. What else comes along it is thrown away.
  private static func hasEnded(_ entry: pollfd) -> Bool {
    guard entry.revents != 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = read(entry.fd, &buffer, buffer.count)
    return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)
  }
}
