import Glibc
import Synchronization

/// Both ends of one TCP connection over the loopback, with a program played at the server's end.
///
/// Small writes leave at once on both sides (TCP_NODELAY), so that a test's traffic is what the test says.
public final class TCPPair: Sendable {
  public let client: CInt
  public let server: CInt

  private struct State {
    var clientIsOpen = true
    var serverIsOpen = true
    var serverLoop: ServerLoop?
    var traffic: TrafficSource?
  }
  private let state: Mutex<State>

  /// A connection over the loopback, which needs no privilege.
  public static func loopback(
    server behaviour: ServerBehaviour = .drains, nonBlocking: Bool = true
  ) throws -> TCPPair {
    let (listener, port) = try Sockets.listen()
    defer { Glibc.close(listener) }
    let client = try Sockets.connect(to: port)
    let pair = try TCPPair(client: client, listener: listener, nonBlocking: nonBlocking)
    try pair.serverServes(behaviour)
    return pair
  }

  /// Takes over `client`, connected to `listener`.
  private init(client: CInt, listener: CInt, nonBlocking: Bool) throws {
    let server: CInt
    do {
      server = try Sockets.accept(from: listener)
    } catch {
      Glibc.close(client)
      throw error
    }
    self.client = client
    self.server = server
    // From here on `deinit` closes both.
    state = Mutex(State())
    for socket in [client, server] {
      try Sockets.setOption(CInt(IPPROTO_TCP), TCP_NODELAY, of: socket, to: 1)
    }
    if nonBlocking { try SystemCalls.setNonBlocking(client) }
  }

  deinit {
    close()
  }

  /// Ends the threads and closes what is still open.
  public func close() {
    state.withLock { state in
      TCPPair.endTraffic(&state)
      TCPPair.endServing(&state)
      if state.clientIsOpen { Glibc.close(client) }
      if state.serverIsOpen { Glibc.close(server) }
      state.clientIsOpen = false
      state.serverIsOpen = false
    }
  }
}

// MARK: The server's program

extension TCPPair {
  /// The program at the server's end stops doing anything; its kernel still answers. It can be told to serve
  /// again.
  public func serverHangs() {
    state.withLock { TCPPair.endServing(&$0) }
  }

  /// The program at the server's end goes on, from now on like this.
  public func serverServes(_ behaviour: ServerBehaviour) throws {
    try state.withLock { state in
      TCPPair.endServing(&state)
      guard behaviour != .silent, state.serverIsOpen else { return }
      state.serverLoop = try ServerLoop(socket: server, behaviour: behaviour)
    }
  }

  /// The server sends `text`, without waiting for room.
  public func serverSends(_ text: String) throws {
    _ = try SystemCalls.check("send") {
      CInt(send(server, text, text.utf8.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)))
    }
  }

  private static func endServing(_ state: inout State) {
    state.serverLoop?.end()
    state.serverLoop = nil
  }
}

// MARK: The client's traffic

extension TCPPair {
  /// The client sends `bytes` bytes now and at every `interval`, until an error, ``stopTraffic()`` or
  /// ``close()``. Like any sender it takes the socket's pending error when there is one.
  public func startTraffic(every interval: Duration = .milliseconds(100), bytes: Int = 100) throws {
    try state.withLock { state in
      TCPPair.endTraffic(&state)
      guard state.clientIsOpen else { return }
      state.traffic = try TrafficSource(socket: client, interval: interval, bytes: bytes)
    }
  }

  public func stopTraffic() {
    state.withLock { TCPPair.endTraffic(&$0) }
  }

  private static func endTraffic(_ state: inout State) {
    state.traffic?.end()
    state.traffic = nil
  }
}

// MARK: Ends

extension TCPPair {
  /// The server's program closes: a FIN.
  public func serverCloses() {
    endServer { server in
      // A close with unread data would be a reset.
      var buffer = [UInt8](repeating: 0, count: 16 * 1024)
      while recv(server, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 {}
    }
  }

  /// The server sends no more but would still read: a FIN, and nothing after it.
  public func serverShutsDownWrite() {
    shutdown(server, CInt(SHUT_WR))
  }

  /// The server aborts: a RST at once.
  public func serverResets() {
    endServer { server in
      var setting = linger(l_onoff: 1, l_linger: 0)
      setsockopt(server, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    }
  }

  /// The client's own program closes its socket, as an application under watch may.
  public func clientCloses() {
    state.withLock { state in
      TCPPair.endTraffic(&state)
      guard state.clientIsOpen else { return }
      state.clientIsOpen = false
      Glibc.close(client)
    }
  }

  private func endServer(_ prepare: (CInt) -> Void) {
    state.withLock { state in
      guard state.serverIsOpen else { return }
      TCPPair.endServing(&state)
      state.serverIsOpen = false
      prepare(server)
      Glibc.close(server)
    }
  }
}
