import FlatlineCore
import Glibc
import Synchronization

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
  /// The host of the program under test.
  public let client: Host
  /// The host of its peer.
  public let server: Host
  /// The path between them.
  public let path: Path
  /// The program at the server's end.
  public let peer: Peer
  /// Decides every random draw of the path.
  public let seed: UInt64
  /// How soon the kernel reports a carrier change of their interfaces.
  public let cables: Cables

  /// How soon the kernel reports a lost carrier (net/core/link_watch.c, linkwatch_urgent_event).
  public enum Cables: Sendable, Hashable {
    /// At once, as for virtual interfaces.
    case prompt
    /// As for a real network card: one change a second is reported at once, counted over all namespaces of the machine.
    /// Further changes wait for up to a second.
    case paced
    /// As `prompt`. The client also has two cables straight to the server that share its flows (ECMP, ip-route(8)).
    /// Nothing takes the path.
    case shared
  }

  /// Paces the link events where cables are paced.
  let spare: SpareCable?
  /// The cables that share the client's flows, where they are shared.
  let uplinks: SharedUplinks?
  private let agent: Agent
  let sender: RegularSender
  private let plans = Mutex<[Later]>([])

  /// Builds the lab, without a fault and warm: both directions are known to work when this returns (well under a
  /// second).
  ///
  /// - Parameters:
  ///   - seed: decides every random draw of the path.
  ///   - conditions: of both directions.
  ///   - behaviour: of the program at the server's end.
  ///   - cables: of both hosts.
  public init(
    seed: UInt64 = 1, conditions: PathConditions = .perfect, behaviour: PeerBehaviour = .drain,
    cables: Cables = .prompt
  ) throws(LabError) {
    if let problem = conditions.problem { throw .invalid(problem) }
    // If a later step fails, each object undoes its own part when it goes.
    let agent = try Agent()
    let pathNetlink = try LabLayout.build(agent, cables)
    let path = try Path(agent, seed: seed)
    let client = try Host(LabLayout.client.with(cables), agent: agent, path: pathNetlink) { isIn in
      path.setNeighbour(.toClient, isIn ? .present : .unplugged)
    }
    let server = try Host(LabLayout.server.with(cables), agent: agent, path: pathNetlink) { isIn in
      path.setNeighbour(.toServer, isIn ? .present : .unplugged)
    }
    for host in [client, server] { try host.begin() }
    spare = cables == .paced ? try SpareCable(agent, to: server) : nil
    uplinks = cables == .shared ? try SharedUplinks(agent, from: client, to: server) : nil
    try client.warmUp(to: server.address)
    peer = try server.startPeer(behaviour: behaviour)
    try path.set(conditions)
    path.restartForwarderDelay()
    sender = try RegularSender()
    (self.agent, self.path, self.client, self.server) = (agent, path, client, server)
    (self.seed, self.cables) = (seed, cables)
  }

  deinit {
    close()
  }

  /// Ends every program of the lab and its network. Sockets made in it stay open, without a peer.
  public func close() {
    let plans = self.plans.withLock { plans in
      defer { plans = [] }
      return plans
    }
    for plan in plans { plan.cancel() }
    agent.close()
    path.end()
  }

  /// Connects the client to the server's program.
  ///
  /// - Parameters:
  ///   - traffic: the traffic that the client sends by itself from the start.
  ///   - congestionControl: of both ends, such as "cubic"; `nil` is the machine's default.
  ///   - peer: the lab's unless given.
  public func connect(
    _ traffic: LabConnection.Traffic = .idle, congestionControl: String? = nil, to peer: Peer? = nil
  ) throws(LabError) -> LabConnection {
    let peer = peer ?? self.peer
    let (socket, port) = try peer.accept(congestionControl: congestionControl) {
      () throws(LabError) -> (CInt, port: UInt16) in
      let made = try client.connect(
        to: peer.address, port: peer.port, congestionControl: congestionControl, timeout: .seconds(10))
      do throws(LabError) {
        return (made, port: try LabConnection.prepare(made))
      } catch {
        Glibc.close(made)
        throw error
      }
    }
    let connection = LabConnection(descriptor: socket, port: port, peer: peer, regular: sender)
    try connection.setTraffic(traffic)
    return connection
  }

  /// Restores the initial state: the path, both hosts' networks, and a server with running peers, none of them frozen.
  /// Connections that ended or were forgotten stay so.
  public func heal() throws(LabError) {
    path.heal()
    try client.restoreNetwork()
    try healWays()
    server.resumePeers()
    try bootServer()
    try server.restoreNetwork()
  }
}

// MARK: Faults

extension Lab {
  /// Makes a fault happen. It is in force when this returns.
  public func strike(_ fault: Fault, on connection: LabConnection) throws(LabError) -> Strike {
    try fault.strike(self, on: [connection])
  }

  /// Makes a fault happen to several connections at once. It is in force when this returns.
  public func strike(_ fault: Fault, on connections: [LabConnection]) throws(LabError) -> Strike {
    try fault.strike(self, on: connections)
  }

  /// Stops the server's host without a packet: its programs and their connections are gone, and it answers nothing.
  public func crashServer() throws(LabError) {
    path.setNeighbour(.toServer, .dead)
    try agent.crash(.server)
    // The last packets of its kernel are dropped by a dead wire.
    try server.destroyAllSockets()
  }

  /// Starts the server's host again, with its peers and without any connection. Does nothing to a host that runs.
  public func bootServer() throws(LabError) {
    try server.restartPeers()
    path.setNeighbour(.toServer, .present)
  }

  /// Does something after a delay, unless it is cancelled or the lab is closed before.
  func later(
    _ delay: Duration, _ body: @escaping @Sendable (Lab) throws(LabError) -> Void
  ) throws(LabError) -> Later {
    // The delayed action does not keep the lab alive: it ends with the lab.
    let plan = try Later(delay) { [weak self] () throws(LabError) in
      if let self { try body(self) }
    }
    plans.withLock { plans in
      plans.removeAll(where: \.isDone)
      plans.append(plan)
    }
    return plan
  }
}
