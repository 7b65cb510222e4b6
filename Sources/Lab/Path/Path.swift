/// The network between the two hosts: a router of our own that moves every packet from one host to the other.
///
/// Each call is in force for all packets that arrive after it returns. All calls are safe on every thread.
/// Chance is decided by the lab's seed, the direction and the packet's number since the conditions were last set:
/// the same seed loses the same packets.
public final class Path: Sendable {
  init() {}

  // MARK: Conditions

  /// The conditions of one direction.
  public func conditions(_ direction: Direction) -> PathConditions { fatalError("later on this branch") }

  /// Replaces the conditions of both directions.
  public func set(_ conditions: PathConditions) throws(LabError) { fatalError("later on this branch") }

  /// Replaces the conditions of one direction.
  /// - Throws: `LabError.invalid` for shares outside of 0 to 1 and negative durations and rates.
  public func set(_ conditions: PathConditions, _ direction: Direction) throws(LabError) {
    fatalError("later on this branch")
  }

  /// Changes some of the conditions of one direction, or (`nil`) of both.
  public func update(
    _ direction: Direction? = nil, _ change: (inout PathConditions) -> Void
  ) throws(LabError) {
    fatalError("later on this branch")
  }

  /// Holds back all packets, one way or (`nil`) both, for `duration` from now, and then lets them go. The call
  /// returns at once.
  public func stall(_ direction: Direction? = nil, for duration: Duration) {
    fatalError("later on this branch")
  }

  /// Refuses what the client sends and swallows what the server sends; `nil` ends that.
  ///
  /// ICMP answers are limited as Linux does: six at once, then one a second (icmp_ratelimit, icmp(7)).
  public func refuse(with refusal: Refusal?) { fatalError("later on this branch") }

  /// Forgets all connections that passed until now, as a NAT or firewall does after a restart or a time-out.
  ///
  /// The path tracks connections and translates their ports all the time, and keeps the port where it is free.
  public func forgetFlows(_ outcome: AfterForgetting = .rebind) { fatalError("later on this branch") }

  /// Sends a RST in the other host's name on every connection that is passing, as some firewalls do.
  /// - Parameter direction: towards whom; `nil` is both.
  public func injectResets(_ direction: Direction? = nil) { fatalError("later on this branch") }

  /// Pulls the cable between the path and the server, or plugs it in. With the cable out there is silence, and
  /// after 3.1 s the path has failed to find the server's hardware address and answers host-unreachable, as
  /// routers do (arp(7): three tries, one a second). The server sees its carrier go.
  public func setServerCable(pluggedIn: Bool) throws(LabError) { fatalError("later on this branch") }

  /// Perfect wires, nothing refused, cables in. Connections forgotten stay forgotten; packets held go at once.
  public func heal() throws(LabError) { fatalError("later on this branch") }

  // MARK: Measurements

  /// What became of the packets of one direction since the lab was made.
  public func counts(_ direction: Direction) -> PathCounts { fatalError("later on this branch") }

  /// Which packets were lost by chance since the conditions of this direction were last set, by their number from 0
  /// on; the first 65,536 at most.
  public func lostPackets(_ direction: Direction) -> [Int] { fatalError("later on this branch") }

  /// The forwarder's own delay on packets that waited for nothing; `nil` before the first.
  public func forwarderDelay() -> ForwarderDelay? { fatalError("later on this branch") }
}
