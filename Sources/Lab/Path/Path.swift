import CFlatlineLab
import FlatlineCore
import Glibc

/// The network between the two hosts: a router of our own that moves every packet from one host to the other.
///
/// Each call is in force for all packets that arrive after it returns. All calls are safe on every thread.
/// Chance is decided by the lab's seed, the direction and the packet's number since the conditions were last set:
/// the same seed loses the same packets.
public final class Path: Sendable {
  private let forwarder: Forwarder

  /// Opens the path's ports on its ends of the hosts' cables.
  init(_ agent: Agent, seed: UInt64) throws(LabError) {
    let clientPort = try Path.openPort(agent, LabLayout.client)
    let serverPort: CInt
    do throws(LabError) {
      serverPort = try Path.openPort(agent, LabLayout.server)
    } catch {
      close(clientPort)
      throw error
    }
    forwarder = try Forwarder(clientPort: clientPort, serverPort: serverPort, seed: seed)
  }

  private static func openPort(_ agent: Agent, _ site: LabLayout.Site) throws(LabError) -> CInt {
    let port = try agent.makeSocket(in: .path, domain: AF_PACKET, type: LabLayout.raw, protocol: 0)
    let code = flatline_lab_open_port(port, site.farEnd.index)
    guard code >= 0 else {
      close(port)
      throw .systemCall("opening the path's port to the \(site.name)", Errno(rawValue: -code))
    }
    return port
  }

  func end() { forwarder.end() }

  /// - Parameter direction: the direction in which the host is.
  func setNeighbour(_ direction: Direction, _ state: Neighbour.State) {
    forwarder.access { $0.router.setNeighbour(direction, state) }
  }
}

// MARK: Conditions

extension Path {
  /// The conditions of one direction.
  public func conditions(_ direction: Direction) -> PathConditions {
    forwarder.access { $0.router.wire(direction).conditions }
  }

  /// Replaces the conditions of both directions.
  /// - Throws: `LabError.invalid` for shares outside of 0 to 1 and negative durations and rates.
  public func set(_ conditions: PathConditions) throws(LabError) {
    try update(nil) { $0 = conditions }
  }

  /// Replaces the conditions of one direction.
  /// - Throws: `LabError.invalid` for shares outside of 0 to 1 and negative durations and rates.
  public func set(_ conditions: PathConditions, _ direction: Direction) throws(LabError) {
    try update(direction) { $0 = conditions }
  }

  /// Changes some of the conditions of one direction, or (`nil`) of both.
  /// - Throws: `LabError.invalid` for shares outside of 0 to 1 and negative durations and rates.
  public func update(
    _ direction: Direction? = nil, _ change: (inout PathConditions) -> Void
  ) throws(LabError) {
    let problem = forwarder.access { state -> String? in
      let directions = direction.map { [$0] } ?? Direction.allCases
      var changed: [(Direction, PathConditions)] = []
      for each in directions {
        var conditions = state.router.wire(each).conditions
        change(&conditions)
        if let problem = conditions.problem { return problem }
        changed.append((each, conditions))
      }
      for (each, conditions) in changed { state.router.change(each) { $0.set(conditions) } }
      return nil
    }
    if let problem { throw .invalid(problem) }
  }

  /// Holds back all packets, one way or (`nil`) both, for `duration` from now, and then releases them. The call returns
  /// at once. A duration of zero releases them now.
  public func stall(_ direction: Direction? = nil, for duration: Duration) {
    let end = (MonotonicTime.now() + duration).nanoseconds
    forwarder.access { state in
      for each in direction.map({ [$0] }) ?? Direction.allCases {
        state.router.change(each) { $0.heldUntil = end }
      }
    }
  }

  /// Refuses each packet that the client sends and drops all that the server sends; `nil` ends this.
  public func refuse(with refusal: Refusal?) {
    forwarder.access { $0.router.refusal = refusal }
  }

  /// Forgets all connections that passed until now, as a NAT or firewall does after a restart or a time-out.
  ///
  /// The path always tracks connections and translates their ports. It keeps the port where it is free.
  public func forgetFlows(_ outcome: AfterForgetting = .rebind) {
    forwarder.access { $0.router.forgetFlows(outcome) }
  }

  /// Forgets the connections from one port of the client and no others, as a NAT does with connections idle for too
  /// long.
  ///
  /// - Parameters:
  ///   - port: the client's port, as the client sees it.
  ///   - outcome: the treatment, from now on, of packets of all connections that the path does not know.
  public func forgetFlow(from port: UInt16, _ outcome: AfterForgetting = .rebind) {
    forwarder.access { $0.router.forgetFlow(from: port, outcome) }
  }

  /// Sends a RST in the other host's name on every connection that is passing, as some firewalls do.
  /// - Parameter direction: the direction of the RST; `nil` is both.
  public func injectResets(_ direction: Direction? = nil) {
    let now = MonotonicTime.now().nanoseconds
    forwarder.access { state in
      for each in direction.map({ [$0] }) ?? Direction.allCases { state.router.injectResets(each, now) }
    }
  }

  /// Perfect wires, and nothing refused. Forgotten connections stay forgotten; held packets leave at once.
  public func heal() {
    forwarder.access { state in
      for each in Direction.allCases {
        state.router.change(each) {
          $0.set(.perfect)
          $0.heldUntil = 0
        }
      }
      state.router.refusal = nil
    }
  }
}

// MARK: Measurements

extension Path {
  /// The packet counts of one direction since the lab was made.
  public func counts(_ direction: Direction) -> PathCounts {
    forwarder.noteOverruns()
    return forwarder.access { $0.router.wire(direction).counts }
  }

  /// The packets of this direction lost by chance since its conditions were last set: their numbers from 0 on, the
  /// first 65,536 at most.
  public func lostPackets(_ direction: Direction) -> [Int] {
    forwarder.access { $0.router.wire(direction).lostPackets }
  }

  /// The forwarder's own delay; `nil` before the first packet.
  public func forwarderDelay() -> ForwarderDelay? {
    forwarder.access { $0.lateness.summary }
  }

  /// Restarts the measurement of the forwarder's own delay.
  public func restartForwarderDelay() {
    forwarder.access { $0.lateness.clear() }
  }
}
