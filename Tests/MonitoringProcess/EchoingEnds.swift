import FlatlineCore
import Glibc

/// The other ends: prints its port, accepts whoever comes and sends every byte back, until it is killed.
enum EchoingEnds {
  static func run() throws {
    let (listener, port) = try Endpoint.listen()
    say("port \(port)")
    var entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      guard poll(&entries, nfds_t(entries.count), -1) >= 0 || errno == EINTR else { return }
      for index in entries.indices.dropFirst() where entries[index].revents != 0 {
        let count = (try? StreamIO.receive(into: &buffer, from: entries[index].fd)) ?? nil
        guard let count, count > 0 else {
          close(entries[index].fd)
          // poll skips what is negative.
          entries[index].fd = -1
          continue
        }
        // A client that does not read its echoes is none of ours.
        _ = try? StreamIO.send(buffer[..<count], to: entries[index].fd)
      }
      if entries[0].revents != 0 {
        let client = accept(listener, nil, nil)
        if client >= 0 { entries.append(pollfd(fd: client, events: Int16(POLLIN), revents: 0)) }
      }
    }
  }
}
