import Glibc

/// Both ends of a TCP connection of this process with itself.
public final class Loopback: Sendable {
  public let near: CInt
  public let far: CInt

  public init() throws(SystemCallFailure) {
    let listener = try LoopbackSocket.listen()
    defer { close(listener) }
    near = try LoopbackSocket.connect(to: LoopbackSocket.port(of: listener))
    far = try LoopbackSocket.accept(on: listener)
  }

  deinit {
    close(near)
    close(far)
  }

  /// The far end says something.
  public func farSends(_ text: String) {
    send(far, text, text.utf8.count, CInt(MSG_NOSIGNAL))
  }

  /// The far end breaks the connection: a RST.
  public func farResets() {
    var abort = linger(l_onoff: 1, l_linger: 0)
    setsockopt(far, SOL_SOCKET, SO_LINGER, &abort, socklen_t(MemoryLayout<linger>.size))
    // Disconnects, and keeps the number until `deinit` closes it (connect(2), AF_UNSPEC).
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    connect(far, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }
}
