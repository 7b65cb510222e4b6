import Glibc

/// The other ends of the idle connections, in a process of its own so that they count for nobody.
enum HoldingServer {
  /// Prints its port, accepts so many connections and holds them until its standard input ends.
  static func run(connections: Int) throws {
    try DescriptorLimit.raise(forConnections: connections)
    let listener = try Loopback.listen()
    print(listener.port)
    fflush(nil)
    var accepted = 0
    while accepted < connections {
      var waits = [
        pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, nfds_t(waits.count), -1) >= 0 || errno == EINTR else {
        throw Failure.system("poll", errno)
      }
      if waits[1].revents != 0 { return }
      if waits[0].revents != 0 {
        _ = try Loopback.accept(listener.descriptor)
        accepted += 1
      }
    }
    var byte: UInt8 = 0
    // Returns when the benchmark closes the pipe or ends.
    _ = read(STDIN_FILENO, &byte, 1)
  }
}
