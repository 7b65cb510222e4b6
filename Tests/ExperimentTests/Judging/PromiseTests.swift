import Flatline
import FlatlineExperiments
import FlatlineLab
import Testing

/// What policies promise in the lab: by their settings, and by their documentation.
struct PromiseTests {
  private static let documented = ["lan", "fast-path", "kernel-only", "wan", "mobile", "patient"]

  private func dead(
    _ policy: Policy, _ traffic: Traffic, _ fault: Fault = .silentDrop, userTimeout: Duration? = nil
  ) -> Duration? {
    Promise(of: Stories.trial(policy, fault, traffic, userTimeout: userTimeout)).dead
  }

  @Test func thePoliciesOfTheTableAreDocumented() {
    for name in PromiseTests.documented {
      #expect(NamedPolicies.named(name).flatMap { DocumentedPromise(of: $0) } != nil, "\(name)")
    }
    // A policy with a borrowed name is another policy: it promises what its settings come to, and survives nothing.
    var policy = Policy.lan
    policy.halfClose = .halfClosed
    #expect(DocumentedPromise(of: policy) == nil)
    #expect(Promise(of: Stories.trial(policy)).survives == nil)
    #expect(dead(policy, .idle) == dead(.lan, .idle))
    #expect(dead(policy, .idle, .halfClose) == dead(.lan, .idle, .halfClose))
  }

  /// The documented bounds hold for the settings: what is explained is no more.
  @Test(arguments: PromiseTests.documented)
  func settingsKeepTheDocumentedBounds(_ name: String) throws {
    let policy = try #require(NamedPolicies.named(name))
    let documented = try #require(DocumentedPromise(of: policy))
    for traffic in Traffic.allCases {
      guard let bound = documented.dead(traffic) else { continue }
      let found = try #require(dead(policy, traffic), "\(name), \(traffic)")
      #expect(found <= bound, "\(name), \(traffic)")
      #expect(found > bound / 2, "\(name), \(traffic)")
    }
  }

  /// What is judged is what `flatline explain` prints, fault by fault.
  @Test(arguments: PromiseTests.documented)
  func everyFaultIsJudgedByWhatIsExplained(_ name: String) throws {
    let policy = try #require(NamedPolicies.named(name))
    let explanation = try Explanation(policy, registry: .builtIn)
    for fault in Fault.faults {
      let faultClass = try #require(FaultClass(rawValue: fault.name), "\(fault)")
      for traffic in Traffic.allCases {
        let promise = Promise(of: Stories.trial(policy, fault, traffic))
        let explained = explanation[faultClass, traffic]
        #expect(promise.dead == explained?.dead, "\(fault), \(traffic)")
        #expect(promise.suspect == explained?.suspect, "\(fault), \(traffic)")
      }
    }
    for trouble in Fault.nonFaults {
      let promise = Promise(of: Stories.trial(policy, trouble))
      #expect(promise.suspect == nil && promise.dead == nil, "\(trouble)")
    }
  }

  /// The worst cases of what others do, and what a busy machine may add.
  @Test(arguments: [
    ("go-default", Traffic.idle, Duration.seconds(150)), ("websocket-default", .heartbeat, .seconds(40)),
    ("mqtt-default", .heartbeat, .seconds(120)), ("cassandra-default", .heartbeat, .milliseconds(18_420)),
  ])
  func theFieldsDefaults(_ name: String, _ traffic: Traffic, _ bound: Duration) throws {
    let policy = try #require(FieldPolicies.named(name))
    let promised = try #require(dead(policy, traffic))
    #expect(promised >= bound && promised <= bound + bound / 50 + .milliseconds(50), "\(promised)")
  }

  /// Without any option the kernel retransmits for 924.6 s at least, and notices when the next one is due.
  @Test(arguments: ["go-default", "netty-default", "grpc-default"])
  func theKernelsOwnPatience(_ name: String) throws {
    let policy = try #require(FieldPolicies.named(name))
    let promised = try #require(dead(policy, .inFlight))
    #expect(promised >= .milliseconds(924_600) && promised < .seconds(1080))
  }

  @Test func nothingIsPromisedOfWhatNobodySees() {
    #expect(dead(FieldPolicies.netty, .idle) == nil)
    #expect(dead(FieldPolicies.grpc, .idle) == nil)
    #expect(dead(.tcpInfoOnly, .idle) == nil)
    #expect(dead(.keepaliveOnly, .idle, .processFrozen) == nil)
  }

  /// With both, TCP_USER_TIMEOUT replaces TCP_KEEPCNT. A probe was answered just before: the next comes after 11 s,
  /// and those at 22, 33 and 44 s ask whether 33.5 s have passed.
  @Test func aUserTimeOutReplacesTheCountOfProbes() throws {
    let policy = Policy(
      name: "app",
      detectors: [
        .epoll(), .keepalive(idle: .seconds(1), interval: .seconds(11), probes: 111, accelerated: false),
      ], suspect: "epoll", dead: "epoll")
    let idle = try #require(dead(policy, .idle, userTimeout: .milliseconds(33_500)))
    #expect(idle >= .seconds(44) && idle < .seconds(46))
    let active = try #require(dead(policy, .inFlight, userTimeout: .seconds(41)))
    #expect(active >= .seconds(41) && active < .seconds(45))
  }

  /// Connections of one policy begin at different points of its own period, none of them twice.
  @Test func phasesSpreadOverThePeriod() {
    #expect(Scenario.named(.silentDrop).phases(of: .lan) == 5)
    #expect(Scenario.named(.natForgets).phases(of: .lan) == 5)
    #expect(Scenario.named(.loss10).phases(of: .lan) == 1)
    #expect(Scenario.named(.zeroWindow).phases(of: .lan) == 1)
    #expect(Scenario.named(.zeroWindow).phases(of: .userTimeoutOnly) == 5)
    let trials = TrialPlan.trials([.kernelOnly], [.named(.silentDrop)], [.idle], repetitions: 2)
    #expect(trials.map(\.phase) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    #expect(trials.map(\.repetition) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
  }

  /// Who suspects before the kernel tells has it told to everybody: it must be alone, and nobody else needs to be.
  @Test func whoAsksEarlyIsAlone() {
    func labs(_ fault: Fault, _ policies: [Policy], _ traffic: Traffic) -> Int {
      Experiment(TrialPlan.trials(policies, [.named(fault)], [traffic]), seed: 1, parallelism: 1).labs
    }
    #expect(labs(.localCablePaced, [.lan, .kernelOnly], .inFlight) == 10)
    #expect(labs(.localCablePaced, [.lan, .kernelOnly], .idle) == 1)
    // Who cannot ask is asked about by others all the same.
    #expect(labs(.localCablePaced, [.linkOnly, .tcpInfoOnly, .epollOnly], .inFlight) == 2)
    #expect(labs(.localCable, [.lan, .kernelOnly, .linkOnly, .tcpInfoOnly], .inFlight) == 1)
  }

  @Test func endurance() {
    let both = Endurance(loss: 0.1, stall: .seconds(1))
    #expect(both.covers(Endurance()))
    #expect(both.covers(Endurance(loss: 0.1, isOneWay: true)))
    #expect(!both.covers(Endurance(loss: 0.11)))
    #expect(!both.covers(Endurance(stall: .milliseconds(1001))))
    #expect(!both.covers(Endurance(loss: 0.1, burst: 5)))
    // 30% one way is as much as 16% both ways.
    let oneWay = Endurance(loss: 0.3, isOneWay: true)
    #expect(oneWay.covers(Endurance(loss: 0.16)))
    #expect(!oneWay.covers(Endurance(loss: 0.17)))
  }
}
