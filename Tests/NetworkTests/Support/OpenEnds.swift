import FlatlineCore
import FlatlineLab
import Glibc

/// Connections with both ends in the test's own hands, for what no program of a lab does. They block, and send small
/// writes at once.
struct OpenEnds {
  private(set) var clients: [CInt] = []
  private(set) var servers: [CInt] = []

  /// - Parameter address: the one of `server` that is connected to; its own unless given.
  init(
    from client: FlatlineLab.Host, to server: FlatlineLab.Host, at address: IPv4Address? = nil, count: Int = 1
  ) throws {
    let listener = try server.listen()
    defer { Glibc.close(listener.descriptor) }
    do {
      for _ in 0..<count {
        clients.append(try client.connect(to: address ?? server.address, port: listener.port))
        // Our handshake is over: this waits for the last segment of it at most.
        servers.append(try OpenEnds.checked(accept(listener.descriptor, nil, nil)))
      }
      for descriptor in clients + servers {
        var on: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = try OpenEnds.checked(setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, size))
        _ = try OpenEnds.checked(fcntl(descriptor, F_SETFD, FD_CLOEXEC))
      }
    } catch {
      close()
      throw error
    }
  }

  func close() {
    for descriptor in clients + servers { Glibc.close(descriptor) }
  }

  private static func checked(_ result: CInt) throws(LabError) -> CInt {
    guard result >= 0 else { throw .systemCall("making a connection", .last) }
    return result
  }
}
