public import Flatline
import FlatlineLab

/// Each cause, by every named fault that has it and no other, idle and with data in flight.
extension CauseCase {
  /// In the order of `Cause`'s documentation.
  ///
  /// - Parameters:
  ///   - conditions: of the path.
  ///   - repetitions: how many of each.
  public static func all(_ conditions: Conditions = Conditions(), repetitions: Int = 1) -> [CauseCase] {
    var cases: [CauseCase] = []
    for each in table {
      for traffic in each.traffic {
        for repetition in 0..<max(1, repetitions) {
          // The reported cause of a living peer's trouble is the one that stands before the trouble ends.
          let named = Scenario.named(each.fault)
          let scenario = each.fault.isFault ? named : named.lasting(vigil)
          for phase in 0..<scenario.phases(of: each.policy) {
            var trial = Trial(
              policy: each.policy, scenario: scenario, traffic: traffic, conditions: conditions,
              repetition: repetition, phase: phase)
            trial.pings = each.pings || traffic == .heartbeat
            cases.append(CauseCase(each.cause, trial))
          }
        }
      }
    }
    return cases
  }

  /// The causes of ``all(_:repetitions:)``, each once.
  public static let causes: [Cause] = table.map(\.cause).reduce(into: []) { causes, cause in
    if !causes.contains(cause) { causes.append(cause) }
  }

  private struct Line {
    let cause: Cause
    let fault: Fault
    let policy: Policy
    let traffic: [Traffic]
    var pings = false
  }

  private static let both = [Traffic.idle, .inFlight]

  private static let table: [Line] =
    lines(.peerClosed, [.halfClose], .kernelOnly)
    // Data that crosses the FIN would be answered with a RST.
    + lines(.peerClosed, [.gracefulClose, .processKilled], .kernelOnly, [.idle])
    + lines(.peerReset, [.reset, .closeWithUnreadData], .kernelOnly)
    // Only a heartbeat tests the program.
    + lines(.peerHung, [.processFrozen], .lan, [.heartbeat])
    + lines(.peerHung, [.processFrozen], .heartbeatOnly, [.inFlight], pings: true)
    + lines(.peerRestarted, [.hostReboot], .kernelOnly)
    // With data in flight this looks the same as a peer that resets.
    + lines(.peerRestarted, [.natForgets, .firewallReset], .kernelOnly, [.idle])
    + lines(.pathSilent, [.hostCrash, .silentDrop, .silentDropIn, .silentDropOut], .kernelOnly)
    // TCP ignores ICMP that a keepalive probe caused (tcp_v4_err): idle, a ping must be in flight.
    + lines(.hostUnreachable, routersWords, icmpWitness, [.inFlight, .heartbeat])
    + lines(.linkDown, [.localCable, .localCablePaced, .interfaceDown, .ecmpUplink], .kernelOnly)
    + lines(.routeLost, [.routeLost, .ruleLost, .nexthopLost], .kernelOnly)
    + lines(.routeChanged, [.vpnTakesRoute], .kernelOnly)
    + lines(.largePacketsLost, [.largePacketsLostOut, .largePacketsLostIn], .kernelOnly, [.inFlight])
    + lines(.localBackpressure, [.backPressure], .fastPath, [.heartbeat])
    + lines(.addressLost, [.addressLost], .kernelOnly)
    + lines(.timedOut, [.silentDrop, .silentDropIn], kernelsPatience)
    + lines(.stalled, [.zeroWindow], .kernelOnly)
    + lines(.localClosed, [.destroyedLocally], .kernelOnly)

  private static let routersWords: [Fault] = [
    .icmpHostUnreachable, .icmpNetUnreachable, .icmpPortUnreachable, .icmpAdminProhibited,
  ]

  private static func lines(
    _ cause: Cause, _ faults: [Fault], _ policy: Policy, _ traffic: [Traffic] = both, pings: Bool = false
  ) -> [Line] {
    faults.map { Line(cause: cause, fault: $0, policy: policy, traffic: traffic, pings: pings) }
  }

  /// Silence convicts, and the router's ICMP message gives the cause.
  private static let icmpWitness = Policy(
    "with-icmp", summary: "Data in flight and a heartbeat, with icmp as the witness."
  ) {
    DetectorUse.epoll()
    DetectorUse.tcpInfo(deadAfter: .seconds(2))
    DetectorUse.heartbeat(interval: .milliseconds(300), misses: 5)
    DetectorUse.icmp()
  } suspect: {
    "epoll"
    "tcp-info"
    "heartbeat"
    "icmp"
  } dead: {
    "epoll"
    "tcp-info"
    "heartbeat"
  }

  /// No detector convicts before the kernel: its own keepalive, and TCP_USER_TIMEOUT, which must be longer than
  /// keepalive's idle time plus one interval.
  private static let kernelsPatience = Policy(
    "kernel-patience", summary: "The kernel's own time-outs: user-timeout in flight, keepalive idle."
  ) {
    DetectorUse.epoll()
    DetectorUse.keepalive(idle: .seconds(1), interval: .seconds(1), probes: 3, accelerated: false)
    DetectorUse.userTimeout(.seconds(3))
  } suspect: {
    "epoll"
    "user-timeout"
  } dead: {
    "epoll"
    "user-timeout"
  }
}
