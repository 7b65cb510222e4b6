import Flatline
public import FlatlineLab

/// The expected outcome of every named fault: the right cause idle, in flight and with a heartbeat, and the detector
/// that could give a more exact cause. The kernel's rules behind it: FIN and RST raise epoll events. A host that forgot
/// the connection answers keepalive probes, heartbeats and data with a RST. TCP ignores ICMP that a keepalive probe
/// caused. The kernel of a stopped program still acknowledges.
extension Scenario {
  /// The scenario of a fault: from this table for a named fault, by its kind for any other.
  ///
  /// - Parameter fault: any fault.
  public static func named(_ fault: Fault) -> Scenario {
    all.first { $0.name == fault.name } ?? Scenario(fault)
  }

  /// Every named fault and non-fault, in the order of the documentation.
  public static let all: [Scenario] = Fault.all.map { fault in
    table.first { $0.name == fault.name } ?? Scenario(fault)
  }

  private static let table: [Scenario] =
    endings + silences + ways + oneWay.map { $0.briefly() } + forgotten + programs + troubles
    + hindrances.map { $0.briefly() }

  /// Idle: seen by keepalive or the heartbeat. Data in flight: seen by TCP_INFO.
  private static let idleSeers = [KeepaliveDetector.name, HeartbeatDetector.name]
  private static let activeSeers = [TCPInfoDetector.name]
  private static let link: DetectorName = "link"
  private static let icmp: DetectorName = "icmp"

  /// After a FIN the socket can still send: epoll reports no hang-up, and keepalive continues.
  private static let finSeers = [EpollDetector.name, TCPInfoDetector.name, HeartbeatDetector.name]

  /// A FIN. Data or a ping that crosses the FIN, or that the program had not read, is answered with a RST. If both
  /// arrive before one look, the look sees the RST.
  private static func closing(_ fault: Fault) -> Scenario {
    let crossed = Expectation.dead(.peerClosed, .peerReset, seenBy: finSeers)
    return Scenario(
      fault, idle: .dead(.peerClosed, seenBy: finSeers), active: crossed, heartbeat: crossed)
  }

  /// Faults that the kernel itself reports.
  private static let endings: [Scenario] = [
    closing(.gracefulClose).each(),
    Scenario(.closeWithUnreadData, .dead(.peerReset)).each(),
    Scenario(.halfClose, .dead(.peerClosed, seenBy: finSeers)).each(),
    Scenario(.reset, .dead(.peerReset)).each(),
    closing(.processKilled),
    // The previous look shows that the last segment was sent here, not received.
    Scenario(
      .destroyedLocally,
      .dead(.peerReset, witness: .init(TCPInfoDetector.name, .localClosed))
    ).each(),
  ]

  /// Faults that show as silence.
  private static let silences: [Scenario] = [
    silence(.hostCrash, active: [.pathSilent]),
    // The router answers host-unreachable after its ARP has failed.
    silence(.remoteCable, active: [.pathSilent, .hostUnreachable]),
    // The client's own ARP fails too, after a while.
    silence(.localCable, active: [.pathSilent, .hostUnreachable], witness: .init(link, .linkDown)),
    // The kernel holds the link event back for a second. A request for the link's state makes it notify everybody.
    silence(.localCablePaced, active: [.pathSilent, .hostUnreachable], witness: .init(link, .linkDown))
      .among(.apart(link, sooner: .seconds(1))),
    silence(.interfaceDown, active: [.pathSilent], witness: .init(link, .linkDown)),
    silence(.addressLost, active: [.pathSilent], witness: .init(link, .addressLost)),
    silence(.routeLost, active: [.pathSilent], witness: .init(link, .routeLost)),
    silence(.silentDrop, active: [.pathSilent]),
    silence(.silentDropOut, active: [.pathSilent]),
    silence(.silentDropIn, active: [.pathSilent]),
    // Host and net unreachable show in the backoff of a sender that does not give up first; the others do not.
    silence(.icmpHostUnreachable, active: [.pathSilent], activeWitness: .init(icmp, .hostUnreachable)),
    silence(.icmpNetUnreachable, active: [.pathSilent], activeWitness: .init(icmp, .hostUnreachable)),
    silence(.icmpPortUnreachable, active: [.pathSilent], activeWitness: .init(icmp, .hostUnreachable)),
    silence(.icmpAdminProhibited, active: [.pathSilent], activeWitness: .init(icmp, .hostUnreachable)),
  ]

  private static func silence(
    _ fault: Fault, active: [Cause], witness: Expectation.Witness? = nil,
    activeWitness: Expectation.Witness? = nil
  ) -> Scenario {
    Scenario(
      fault,
      idle: Expectation(
        demand: .dead([.pathSilent]), seenBy: idleSeers, witness: witness),
      active: Expectation(
        // ETIMEDOUT alone does not say why.
        demand: .dead(active + [.timedOut]), seenBy: activeSeers,
        witness: witness ?? activeWitness),
      heartbeat: Expectation(
        // A heartbeat's unacknowledged ping is data in flight too.
        demand: .dead(activeWitness == nil ? active : active + [.hostUnreachable]),
        seenBy: idleSeers + activeSeers, witness: witness))
  }

  /// Faults of our way to the peer that no link reports.
  private static let ways: [Scenario] = [
    silence(.ruleLost, active: [.pathSilent], witness: .init(link, .routeLost)),
    silence(.nexthopLost, active: [.pathSilent], witness: .init(link, .routeLost)),
    silence(.vpnTakesRoute, active: [.pathSilent], witness: .init(link, .routeChanged)),
    silence(.ecmpUplink, active: [.pathSilent, .hostUnreachable], witness: .init(link, .linkDown)),
  ].map { $0.briefly() }

  /// Faults of one direction, or of a connection in a state of its own.
  private static let oneWay: [Scenario] = [
    largePacketsLost(.largePacketsLostOut).sending(), largePacketsLost(.largePacketsLostIn),
    silence(.receiveOnlyDrop, active: [.pathSilent]),
    silence(.sendOnlyDrop, active: [.pathSilent]),
    silence(.halfClosedDrop, active: [.pathSilent]),
    silence(.busyStreamDrop, active: [.pathSilent]),
  ]

  /// Small segments pass and large ones do not: only the connection's counters show that. A ping or its answer that waits
  /// behind a large segment is silence, and ETIMEDOUT alone does not say why.
  private static func largePacketsLost(_ fault: Fault) -> Scenario {
    Scenario(
      fault,
      Expectation(
        demand: .dead([.pathSilent, .peerHung, .timedOut]), seenBy: activeSeers + [HeartbeatDetector.name],
        witness: .init(TCPInfoDetector.name, .largePacketsLost)))
  }

  /// A host or middlebox answers any packet with "no such connection".
  private static let forgotten: [Scenario] =
    // Without a silence before, this looks the same as a peer that resets.
    [Fault.natForgets, .firewallReset].map { fault in
      forgetting(fault, spoken: .dead(.peerReset, .peerRestarted))
    }
    // A fast policy may convict on the half second of silence and the wait until the next retransmission.
    + [forgetting(.hostReboot, spoken: .dead(.peerReset, .peerRestarted, .pathSilent))]

  private static func forgetting(_ fault: Fault, spoken: Expectation) -> Scenario {
    Scenario(fault, idle: .dead(.peerRestarted, seenBy: idleSeers), active: spoken, heartbeat: spoken)
  }

  /// The peer's host answers, its program does not.
  private static let programs: [Scenario] = [
    Scenario(
      .processFrozen, idle: .dead(.peerHung, seenBy: [HeartbeatDetector.name]),
      active: .dead(.peerHung, seenBy: [HeartbeatDetector.name]),
      heartbeat: .dead(.peerHung, seenBy: [HeartbeatDetector.name])
    ),
    Scenario(
      .zeroWindow, idle: .suspect(.stalled, seenBy: activeSeers),
      active: .suspect(.stalled, seenBy: activeSeers),
      heartbeat: .suspect(.stalled, .peerHung, seenBy: [HeartbeatDetector.name])
    ).sending(),
  ]

  /// Trouble that a living connection must survive, as far as its policy promises.
  private static let troubles: [Scenario] = [
    Scenario(.slowPeer),
    Scenario(.loss1, trouble: Endurance(loss: 0.01)),
    Scenario(.loss10, trouble: Endurance(loss: 0.1)),
    Scenario(.loss30, trouble: Endurance(loss: 0.3)),
    Scenario(.loss30Out, trouble: Endurance(loss: 0.3, isOneWay: true)),
    Scenario(.burstyLoss, trouble: Endurance(loss: 0.1, burst: 5)),
    Scenario(.jitter),
    Scenario(.stall300ms, trouble: Endurance(stall: .milliseconds(300))).every(.seconds(5)),
    Scenario(.stall2s, trouble: Endurance(stall: .seconds(2))).every(.seconds(15)),
    // The queue's 64 kB take half a second at 1 Mbit/s.
    Scenario(.thinPath, trouble: Endurance(stall: .milliseconds(525))).among(.nobody),
    Scenario(.pathChange, trouble: Endurance(stall: .milliseconds(100))),
    // The kernel may notice up to a second late that the carrier is back (linkwatch).
    Scenario(.linkFlap, trouble: Endurance(stall: .seconds(1))).every(.seconds(5)),
    Scenario(.wayMoves).briefly(),
    Scenario(.ecmpOtherUplink).briefly(),
    Scenario(.monitorSuspended).every(.seconds(15)),
  ]

  /// Trouble at the ends of a living connection. Only a heartbeat asks the peer's program.
  private static let hindrances: [Scenario] = [
    Scenario(.programPause400ms, trouble: Endurance(programPause: .milliseconds(400))).every(.seconds(5))
      .under(.heartbeat),
    Scenario(.programPause4s, trouble: Endurance(programPause: .seconds(4))).every(.seconds(15)).under(
      .heartbeat),
    Scenario(
      .backPressure, .alive(atMostSuspect: .localBackpressure),
      trouble: Endurance().with([.backPressure])
    ).lasting(.seconds(30)).under(.idle, .heartbeat),
    Scenario(
      .acceptQueueFull, .alive(atMostSuspect: .stalled, .pathSilent),
      trouble: Endurance().with([.acceptQueue])
    ).lasting(.seconds(20)),
    Scenario(.busyStream, trouble: Endurance().with([.busyStream])).lasting(.seconds(20))
      .under(.heartbeat),
  ]
}
