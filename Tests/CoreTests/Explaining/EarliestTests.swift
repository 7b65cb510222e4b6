import Flatline
import Testing

/// The earliest time of a verdict: never after the latest, and only where every detector can tell one.
struct EarliestTests {
  @Test(arguments: [Duration.microseconds(100), .milliseconds(40), .seconds(2)])
  func earliestIsNeverAfterTheLatest(_ roundTrip: Duration) throws {
    var told = 0
    for policy in NamedPolicies.all + FieldPolicies.all {
      let detectors = try policy.makeDetectors(from: .builtIn)
      let explanation = try Explanation(policy, registry: .builtIn, roundTrip: roundTrip)
      for promise in explanation.promises {
        // Each detector's own: a bound above its own promise is a wrong one.
        let scenario = FaultScenario(
          fault: promise.fault, traffic: promise.traffic, roundTrip: roundTrip, timers: explanation.timers)
        for case let detector as any ExplainableDetector in detectors {
          for evidence in detector.promise(scenario) where evidence.leaning > .alive {
            let earliest = detector.earliest(evidence.leaning == .dead ? .death : .suspicion, in: scenario)
            let isSound = try #require(earliest, "\(policy.name), \(promise.fault): never") <= evidence.by
            #expect(isSound, "\(policy.name), \(detector), \(promise.fault), \(promise.traffic)")
          }
        }
        if promise.earliestDead != nil { told += 1 }
      }
    }
    #expect(told > 100)
  }

  @Test func silenceHasAnEarliestTime() throws {
    let lan = try Explanation(.lan, registry: .builtIn)
    // A burst of 1.2 s begins with the first unanswered probe, which may have left just before the fault.
    #expect(
      lan[.silentDrop, .idle]?.earliestDead == .milliseconds(1200) - FaultScenario.slack - .microseconds(100))
    // Data may have been in flight for a while.
    let inFlight = try #require(lan[.silentDrop, .inFlight]?.earliestDead)
    #expect(inFlight > .milliseconds(500) && inFlight < .seconds(1))
    #expect(lan[.reset, .idle]?.earliestDead == nil)
  }

  @Test func aRuleWaitsForItsLastPart() throws {
    func earliest(_ rule: Rule) throws -> Duration? {
      let policy = Policy(
        name: "test", conclusive: .votes, detectors: [.keepalive(), .tcpInfo()],
        suspect: .detector("keepalive"), dead: rule)
      return try Explanation(policy, registry: .builtIn)[.silentDrop, .idle]?.earliestDead
    }
    let burst = try #require(try earliest("keepalive"))
    #expect(try earliest(.sustained("keepalive", for: .seconds(1))) == burst + .seconds(1))
    #expect(try earliest(.any(["keepalive", "tcp-info"])) == burst)
    #expect(try earliest(.unless("keepalive", alive: "tcp-info")) == burst)
  }

  @Test func withADetectorThatPromisesNothingNoEarliestTimeCanBeTold() throws {
    let registry = DetectorRegistry.builtIn.registering(MuteDetector.self)
    let policy = Policy(
      name: "test", conclusive: .votes, detectors: [.keepalive(), DetectorUse("mute")],
      suspect: .detector("keepalive"),
      dead: .any([.detector("keepalive"), .detector("mute")]))
    let promise = try #require(try Explanation(policy, registry: registry)[.silentDrop, .idle])
    #expect(promise.earliestDead == nil)
    // The suspect rule does not ask it, but a death is at least a suspicion.
    #expect(promise.earliestSuspect == nil)
    #expect(promise.dead != nil)
  }
}

/// A detector that promises nothing.
struct MuteDetector: Detector {
  static let name: DetectorName = "mute"
  init(settings: DetectorSettings) throws(PolicyError) {}
  var needs: Needs { Needs() }
  func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion { .unchanged }
}

/// A detector that promises nothing is left out: no time rests on it, and what it alone decides is open.
struct LeftOutTests {
  private func explain(
    _ dead: Rule, conclusive: Policy.Conclusive = .votes
  ) throws -> (explanation: Explanation, silence: Explanation.Promise) {
    let policy = Policy(
      name: "test", conclusive: conclusive, detectors: [.keepalive(), DetectorUse("mute")],
      suspect: .detector("keepalive"), dead: dead)
    let explanation = try Explanation(
      policy, registry: DetectorRegistry.builtIn.registering(MuteDetector.self))
    return (explanation, try #require(explanation[.silentDrop, .idle]))
  }

  @Test func isNamed() throws {
    #expect(try explain("keepalive").explanation.leftOut == ["mute"])
    #expect(try Explanation(.lan, registry: .builtIn).leftOut == [])
  }

  @Test func noTimeRestsOnIt() throws {
    let alone = try #require(try explain("keepalive").silence.dead)
    #expect(try explain(.any(["keepalive", "mute"])).silence.dead == alone)
    // It may vote for life all the time.
    for rule in [
      Rule.all(["keepalive", "mute"]), .unless("keepalive", alive: "mute"),
      .fallback("mute", to: "keepalive"),
    ] {
      let silence = try explain(rule).silence
      #expect(silence.dead == nil, "\(rule)")
      #expect(silence.mayDie, "\(rule)")
    }
  }

  @Test func whatNothingCanDecideIsNeverDecided() throws {
    // Keepalive tells no hang, whatever the other says; unless what it says is conclusive.
    let rule = Rule.all(["keepalive", "mute"])
    func hang(_ conclusive: Policy.Conclusive) throws -> Explanation.Promise? {
      try explain(rule, conclusive: conclusive).explanation[.processFrozen, .idle]
    }
    #expect(try hang(.votes)?.mayDie == false)
    #expect(try hang(.wins)?.mayDie == true)
    #expect(try explain(rule).explanation[.processFrozen, .idle]?.dead == nil)
  }
}
