import Flatline
import Testing

/// No built-in detector is left out of an explanation unnoticed.
struct PromisesTests {
  /// Those that never lean to dead: `progress` vetoes or suspects, and a router's answer is only a reason to suspect.
  private static let neverDead: Set<DetectorName> = ["icmp", "progress"]

  @Test(arguments: DetectorRegistry.builtIn.names)
  func everyDetectorThatLeansToDeadPromisesADeath(_ name: DetectorName) throws {
    let detector = try #require(DetectorRegistry.builtIn[name]).makeDetector()
    let explainable = try #require(detector as? any ExplainableDetector, "it is counted on nowhere")
    // A router's answer reaches a socket only where some detector asked for it; a heartbeat is answered by rhythm.
    var timers = explainable.timers
    timers.receivesErrors = true
    timers.ping = timers.ping ?? .init(interval: .seconds(1), patience: .seconds(3))
    let promised = FaultClass.allCases.flatMap { fault in
      Traffic.allCases.flatMap { traffic in
        explainable.promise(
          FaultScenario(fault: fault, traffic: traffic, roundTrip: .milliseconds(1), timers: timers))
      }
    }
    #expect(promised.contains { $0.leaning == .dead } == !Self.neverDead.contains(name))
    #expect(!promised.isEmpty)
  }

  /// What may stand as a sign of life when the fault comes counts against a death until it is gone.
  @Test(arguments: ["keepalive", "heartbeat", "activity", "progress"] as [DetectorName], FaultClass.allCases)
  func aBallotForAliveIsPromisedToStand(_ name: DetectorName, _ fault: FaultClass) throws {
    let detector = try #require(DetectorRegistry.builtIn[name]).makeDetector()
    let explainable = try #require(detector as? any ExplainableDetector)
    var timers = explainable.timers
    timers.ping = timers.ping ?? .init(interval: .seconds(1), patience: .seconds(3))
    let promised = explainable.promise(
      FaultScenario(fault: fault, traffic: .heartbeat, roundTrip: .milliseconds(1), timers: timers))
    // Nothing is promised of the rhythm of a window that closes.
    if name == "activity", case .closedWindow = fault.effect { return }
    if name == "activity", case .forgotten = fault.effect { return }
    if name == "activity", case .largePacketsLost = fault.effect { return }
    // Nor of answers to pings that cannot be sent.
    if name == "activity", fault.stopsPings { return }
    #expect(promised.contains { $0.leaning == .alive }, "\(promised)")
  }

  @Test func aMajorityWithoutAProofNeedsMoreThanHalf() throws {
    func dead(_ rule: Rule) throws -> Duration? {
      let policy = Policy(
        name: "p", conclusive: .votes, detectors: [.epoll(), .keepalive(), .tcpInfo()], suspect: rule,
        dead: rule)
      return try Explanation(policy, registry: .builtIn)[.gracefulClose, .idle]?.dead
    }
    // A FIN is no evidence about the peer's kernel: keepalive's ballot for it stands.
    #expect(try dead(.majority(["epoll", "keepalive"])) == nil)
    #expect(try dead(.majority(["epoll", "keepalive", "tcp-info"])) == dead("tcp-info"))
    #expect(try dead(.any(["epoll", "keepalive"])) == dead("epoll"))
  }

  @Test func socketDiagTouchesTheTimersThatTCPInfoTouches() throws {
    let settings: [String: SettingValue] = ["suspectAfter": .text("300ms"), "retransmitCap": .text("2s")]
    var byItself = try Explanation.timers(of: "tcp-info", settings)
    // It samples at common moments.
    byItself.unacknowledged?.isAligned = true
    let byDumps = try Explanation.timers(of: "socket-diag", settings)
    #expect(byDumps == byItself)
    #expect(byDumps != SocketTimers())
  }
}

extension Explanation {
  fileprivate static func timers(
    of name: DetectorName, _ settings: [String: SettingValue]
  ) throws -> SocketTimers {
    let policy = Policy(
      name: "one", detectors: [DetectorUse(name, settings)], suspect: .detector(name), dead: .detector(name))
    return try Explanation(policy, registry: .builtIn).timers
  }
}
