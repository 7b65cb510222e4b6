import FlatlineCore
import Glibc

extension Lab {
  /// Connects the client to the server's program while its queue of connections is full: established for the client, and
  /// still SYN_RECV at the server, whose kernel repeats its SYN-ACK. `peer.setAccepting(true)` ends that.
  ///
  /// The server has answered every SYN before its queue gets room for one only, which a connection of ours then takes.
  ///
  /// - Parameter count: how many connections.
  public func connectUnaccepted(_ count: Int) throws(LabError) -> [LabConnection] {
    var sockets: [CInt] = []
    do throws(LabError) {
      // The server's SYN-ACKs wait on the path.
      path.stall(.toClient, for: .seconds(60))
      defer { path.stall(.toClient, for: .zero) }
      let answered = path.counts(.toClient).received + count + 1
      for _ in 0...count { sockets.append(try beginConnecting()) }
      try Waiting.until("the server's answers", within: .seconds(10)) {
        path.counts(.toClient).received >= answered
      }
      try peer.setAccepting(false)
    } catch {
      for socket in sockets { Glibc.close(socket) }
      throw error
    }
    let filler = sockets.removeFirst()
    // What it has closed stays in the queue.
    defer { Glibc.close(filler) }
    var made: [LabConnection] = []
    var rest = sockets[...]
    do throws(LabError) {
      try Waiting.until("a handshake", within: .seconds(10)) { Waiting.isConnected(filler) }
      while let socket = rest.popFirst() {
        let connection: LabConnection
        do throws(LabError) {
          try Waiting.until("a handshake", within: .seconds(10)) { Waiting.isConnected(socket) }
          let port = try LabConnection.prepare(socket)
          connection = LabConnection(descriptor: socket, port: port, peer: peer, regular: sender)
        } catch {
          Glibc.close(socket)
          throw error
        }
        made.append(connection)
      }
    } catch {
      for socket in rest { Glibc.close(socket) }
      throw error
    }
    return made
  }

  /// A socket whose SYN is on its way.
  private func beginConnecting() throws(LabError) -> CInt {
    let made = try client.socket(domain: AF_INET, type: LabLayout.stream)
    var address = peer.address.socketAddress(port: peer.port)
    let flags = fcntl(made, F_GETFL)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> CInt in
        guard flags >= 0, fcntl(made, F_SETFL, flags | O_NONBLOCK) == 0 else { return -1 }
        return Glibc.connect(made, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 || errno == EINPROGRESS else {
      let error = Errno.last
      Glibc.close(made)
      throw .systemCall("connecting", error)
    }
    return made
  }
}
