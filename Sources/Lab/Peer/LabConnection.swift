import Glibc

/// One TCP connection from the lab's client to a ``Peer``, with the client's traffic on it.
///
/// The descriptor is non-blocking, closed on exec and sends small writes at once (TCP_NODELAY). The
/// connection owns it and closes it in ``close()`` or when the value goes.
public final class LabConnection: Sendable {
  /// What the client sends by itself.
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

  /// The client's socket, living in the client's namespace and usable from this process.
  public let descriptor: CInt
  /// The program at the other end.
  public let peer: Peer

  init(descriptor: CInt, peer: Peer) {
    self.descriptor = descriptor
    self.peer = peer
  }

  deinit {
    close()
  }

  /// What the client sends now. The sender is a thread of its own and stops at the first error; a full send buffer
  /// is none. Like any sender it takes the socket's pending error when there is one.
  public var traffic: Traffic { fatalError("later on this branch") }

  /// Changes what the client sends, at once.
  public func setTraffic(_ traffic: Traffic) throws(LabError) { fatalError("later on this branch") }

  /// Sends a byte that the peer has not asked for.
  func leaveUnread() throws(LabError) { fatalError("later on this branch") }

  /// Ends the traffic and closes the client's socket.
  public func close() { fatalError("later on this branch") }
}
