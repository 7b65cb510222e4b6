/// Two hosts and a path between them, made by this process in namespaces of its own: as root, and as an ordinary
/// user where the kernel allows user namespaces (user_namespaces(7)). No other program is needed.
///
///     let lab = try Lab(seed: 1)
///     defer { lab.close() }
///     let connection = try lab.connect(.active)
///     let strike = try lab.strike(.remoteCable, on: connection)
///     …                       // what does your app say?
///     try strike.heal()
///
/// Labs share nothing: many may run at a time in one process. Nothing of a lab outlives the process, however
/// that ends. All calls are safe on every thread; none may be made from a signal handler.
public final class Lab: Sendable {
  /// Where the program under test is.
  public let client: Host
  /// Where its peer is.
  public let server: Host
  /// What is between them.
  public let path: Path
  /// The program at the server's end.
  public let peer: Peer
  /// Decides every chance on the path.
  public let seed: UInt64

  /// Builds the lab, healthy and warm: both ways are known to work when this returns (well under a second).
  ///
  /// - Parameters:
  ///   - seed: decides every chance on the path.
  ///   - conditions: of both directions.
  ///   - behaviour: of the program at the server's end.
  public init(
    seed: UInt64 = 1, conditions: PathConditions = .perfect, behaviour: PeerBehaviour = .drain
  ) throws(LabError) {
    fatalError("later on this branch")
  }

  deinit {
    close()
  }

  /// Ends every program of the lab and its network. Sockets made in it stay open, with nobody at the other end.
  public func close() { fatalError("later on this branch") }

  /// Connects the client to the server's program.
  ///
  /// - Parameters:
  ///   - traffic: what the client sends by itself from the start.
  ///   - congestionControl: of both ends, such as "cubic"; `nil` is the machine's default.
  ///   - peer: the lab's unless given.
  public func connect(
    _ traffic: LabConnection.Traffic = .idle, congestionControl: String? = nil, to peer: Peer? = nil
  ) throws(LabError) -> LabConnection {
    fatalError("later on this branch")
  }

  /// Makes a fault happen. It is in force when this returns.
  public func strike(_ fault: Fault, on connection: LabConnection) throws(LabError) -> Strike {
    try fault.strike(self, on: connection)
  }

  func later(_ delay: Duration, _ body: @escaping @Sendable () throws(LabError) -> Void) throws(LabError)
    -> Later
  {
    fatalError("later on this branch")
  }

  func crashServer() throws(LabError) { fatalError("later on this branch") }

  func bootServer(after delay: Duration = .zero) throws(LabError) { fatalError("later on this branch") }
}
