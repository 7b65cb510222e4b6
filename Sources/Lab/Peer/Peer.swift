import Glibc

/// The program at the server's end: a process of its own in the server's namespace, which accepts on one port and
/// treats all its connections alike.
///
/// It can be frozen and killed like any process. Calls return once the program has done what was asked, so they fail
/// with `LabError.timedOut` while it is frozen.
public final class Peer: Sendable {
  /// The host that it runs on.
  public let host: Host
  /// The port it listens on.
  public let port: UInt16

  init(host: Host, port: UInt16) throws(LabError) {
    self.host = host
    self.port = port
    fatalError("later on this branch")
  }

  /// Its process id, as this process sees it.
  public var pid: pid_t { fatalError("later on this branch") }

  /// How many connections it has accepted and not yet ended.
  public func connectionCount() throws(LabError) -> Int { fatalError("later on this branch") }

  /// What it does with its connections.
  public var behaviour: PeerBehaviour { fatalError("later on this branch") }

  /// Changes what it does with all its connections, those to come included.
  public func behave(_ behaviour: PeerBehaviour) throws(LabError) { fatalError("later on this branch") }

  /// Closes all connections in order: what has come is read first, so that a FIN goes out.
  public func closeGracefully() throws(LabError) { fatalError("later on this branch") }

  /// Closes all connections with at least one byte unread, which makes its kernel send a RST (RFC 1122, 4.2.2.13).
  /// - Throws: `LabError.timedOut` when no byte comes to be left unread within a second.
  public func closeWithUnreadData() throws(LabError) { fatalError("later on this branch") }

  /// Sends no more on any connection but goes on reading: a FIN, and nothing after it.
  public func halfClose() throws(LabError) { fatalError("later on this branch") }

  /// Aborts all connections: a RST at once (SO_LINGER with time 0, socket(7)).
  public func reset() throws(LabError) { fatalError("later on this branch") }

  /// Ends the process (SIGKILL), frozen or not, and waits for its end. Its kernel closes its sockets.
  public func kill() { fatalError("later on this branch") }

  /// Stops the process in its tracks (SIGSTOP); its kernel still answers for it.
  public func freeze() { fatalError("later on this branch") }

  /// Lets it go on after ``freeze()`` (SIGCONT).
  public func resume() { fatalError("later on this branch") }

  /// Starts the program anew on the same port, without any connection. Does nothing while it runs.
  public func restart() throws(LabError) { fatalError("later on this branch") }
}
