import Flatline
public import FlatlineLab

/// What should come of every named fault: which cause is right idle, in flight and with a heartbeat, and which
/// detector could tell more. KERNEL's rules behind it: FIN and RST raise epoll events; keepalive probes, heartbeats
/// and data are answered with a RST by who forgot the connection; ICMP that a keepalive probe caused is ignored by
/// TCP; a stopped program's kernel still acknowledges.
extension Scenario {
  /// The scenario of a fault: the named ones as this table says, any other by its kind.
  ///
  /// - Parameter fault: any fault.
  public static func named(_ fault: Fault) -> Scenario {
    all.first { $0.name == fault.name } ?? Scenario(fault)
  }

  /// Every named fault and non-fault, in the order of the documentation.
  public static let all: [Scenario] = Fault.all.map { fault in
    table.first { $0.name == fault.name } ?? Scenario(fault)
  }

  private static let table: [Scenario] = endings + silences + forgotten + programs + troubles

  /// Idle: keepalive's or the heartbeat's part; data in flight: TCP_INFO's.
  private static let idleSeers = [KeepaliveDetector.name, HeartbeatDetector.name]
  private static let activeSeers = [TCPInfoDetector.name]
  private static let link: DetectorName = "link"
  private static let icmp: DetectorName = "icmp"

  /// What the kernel itself is told.
  private static let endings: [Scenario] = [
    Scenario(
      .gracefulClose, idle: .dead(.peerClosed, haste: .atOnce),
      // Data that crosses the FIN is answered with a RST; where both come before one look, the RST is seen.
      active: .dead(.peerClosed, .peerReset, haste: .atOnce),
      heartbeat: .dead(.peerClosed, .peerReset, haste: .atOnce)
    ).own(),
    Scenario(.closeWithUnreadData, .dead(.peerReset, haste: .atOnce)).own(),
    Scenario(.halfClose, .dead(.peerClosed, haste: .atOnce)).own(),
    Scenario(.reset, .dead(.peerReset, haste: .atOnce)).own(),
    Scenario(
      .processKilled, idle: .dead(.peerClosed, haste: .atOnce),
      // A ping or data that the dead had not read turns its kernel's FIN into a RST.
      active: .dead(.peerClosed, .peerReset, haste: .atOnce),
      heartbeat: .dead(.peerClosed, .peerReset, haste: .atOnce)
    ).own(),
    Scenario(.destroyedLocally, .dead(.localClosed, haste: .atOnce)).own(),
  ]

  /// What shows as silence.
  private static let silences: [Scenario] = [
    silence(.hostCrash, active: [.pathSilent]),
    // When its ARP has failed the router says so.
    silence(.remoteCable, active: [.pathSilent, .hostUnreachable]),
    silence(.localCable, active: [.pathSilent], witness: .init(link, .linkDown)),
    silence(.interfaceDown, active: [.pathSilent], witness: .init(link, .linkDown)),
    silence(.addressLost, active: [.pathSilent], witness: .init(link, .addressLost)),
    silence(.routeLost, active: [.pathSilent], witness: .init(link, .routeLost)),
    silence(.silentDrop, active: [.pathSilent]),
    silence(.silentDropOut, active: [.pathSilent]),
    silence(.silentDropIn, active: [.pathSilent]),
    silence(.icmpHostUnreachable, active: [.hostUnreachable]),
    silence(.icmpNetUnreachable, active: [.hostUnreachable]),
    silence(
      .icmpPortUnreachable, active: [.pathSilent], activeWitness: .init(icmp, .hostUnreachable)),
    silence(
      .icmpAdminProhibited, active: [.pathSilent], activeWitness: .init(icmp, .hostUnreachable)),
  ]

  private static func silence(
    _ fault: Fault, active: [Cause], witness: Expectation.Witness? = nil,
    activeWitness: Expectation.Witness? = nil
  ) -> Scenario {
    // A heartbeat's unacknowledged ping is data in flight too.
    let heartbeat = active.contains(.pathSilent) ? active : [.pathSilent] + active
    return Scenario(
      fault,
      idle: Expectation(
        demand: .dead([.pathSilent]), haste: .promised, seenBy: idleSeers, witness: witness),
      active: Expectation(
        demand: .dead(active), haste: .promised, seenBy: activeSeers, witness: witness ?? activeWitness),
      heartbeat: Expectation(
        demand: .dead(heartbeat), haste: .promised, seenBy: idleSeers + activeSeers,
        witness: witness))
  }

  /// Somebody answers that it knows no such connection, as soon as anything is sent.
  private static let forgotten: [Scenario] = [Fault.hostReboot, .natForgets, .firewallReset].map { fault in
    Scenario(
      fault, idle: .dead(.peerRestarted, seenBy: idleSeers),
      // Without a silence before, nothing tells that from a peer that resets.
      active: .dead(.peerReset, .peerRestarted), heartbeat: .dead(.peerReset, .peerRestarted))
  }

  /// The peer's host answers for a program that does not.
  private static let programs: [Scenario] = [
    Scenario(
      .processFrozen, idle: .dead(.peerHung, seenBy: [HeartbeatDetector.name]),
      active: .dead(.peerHung, seenBy: [HeartbeatDetector.name]),
      heartbeat: .dead(.peerHung, seenBy: [HeartbeatDetector.name])
    ).own(),
    Scenario(
      .zeroWindow, idle: .suspect(.stalled, seenBy: activeSeers),
      active: .suspect(.stalled, seenBy: activeSeers),
      heartbeat: .dead(.peerHung, .stalled, seenBy: [HeartbeatDetector.name])
    ).own(),
  ]

  /// What a living connection must survive, as far as its policy promises.
  private static let troubles: [Scenario] = [
    Scenario(.slowPeer).own(),
    Scenario(.loss1, trouble: Endurance(loss: 0.01)),
    Scenario(.loss10, trouble: Endurance(loss: 0.1)),
    Scenario(.loss30, trouble: Endurance(loss: 0.3)),
    Scenario(.loss30Out, trouble: Endurance(loss: 0.3, isOneWay: true)),
    Scenario(.burstyLoss, trouble: Endurance(loss: 0.1)),
    Scenario(.jitter),
    Scenario(.stall300ms, trouble: Endurance(stall: .milliseconds(300))).every(.seconds(5)),
    Scenario(.stall2s, trouble: Endurance(stall: .seconds(2))).every(.seconds(15)),
    // The queue's 64 kB take half a second at 1 Mbit/s.
    Scenario(.thinPath, trouble: Endurance(stall: .milliseconds(525))).alone(),
    Scenario(.pathChange, trouble: Endurance(stall: .milliseconds(100))),
    Scenario(.linkFlap, trouble: Endurance(stall: .milliseconds(300))).every(.seconds(5)),
    Scenario(.monitorSuspended).every(.seconds(15)),
  ]
}
