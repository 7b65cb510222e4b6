import Flatline
import Testing

/// What named policies, and any other, are said to promise.
struct ExplanationTests {
  /// The bounds of the article "Choosing a policy" for a silent drop, in milliseconds: in flight suspect and dead, dead
  /// while idle, dead with a heartbeat.
  static let bounds: [(Policy, Int, Int, Int, Int?)] = [
    (.lan, 250, 1200, 2500, 1000), (.fastPath, 400, 3500, 4000, 3000), (.kernelOnly, 400, 3500, 4000, nil),
    (.wan, 1000, 8000, 9000, 7000), (.mobile, 2000, 25_000, 25_000, 20_000),
    (.patient, 5000, 75_000, 75_000, 60_000),
  ]

  @Test(arguments: bounds.indices)
  func namedPoliciesPromiseWhatTheirTableSays(index: Int) throws {
    let (policy, suspect, inFlight, idle, heartbeat) = Self.bounds[index]
    let explanation = try Explanation(policy, registry: .builtIn)
    func dead(_ traffic: Traffic) throws -> Duration {
      try #require(explanation[.silentDrop, traffic]?.dead)
    }
    let suspected = try #require(explanation[.silentDrop, .inFlight]?.suspect)
    #expect(suspected <= .milliseconds(suspect) && suspected * 2 >= .milliseconds(suspect))
    for (traffic, bound) in [(Traffic.inFlight, inFlight), (.idle, idle), (.heartbeat, heartbeat)] {
      guard let bound else {
        #expect(explanation[.silentDrop, traffic] == nil)
        continue
      }
      let promised = try dead(traffic)
      #expect(promised <= .milliseconds(bound), "\(policy.name) \(traffic)")
      #expect(promised * 3 / 2 >= .milliseconds(bound), "\(policy.name) \(traffic)")
    }
  }

  @Test func theCauseIsThatOfTheLayerThatDied() throws {
    let explanation = try Explanation(.fastPath, registry: .builtIn)
    let expected: [(FaultClass, Traffic, Cause?)] = [
      (.gracefulClose, .idle, .peerClosed), (.reset, .inFlight, .peerReset),
      (.processFrozen, .heartbeat, .peerHung), (.processFrozen, .idle, nil),
      (.silentDropIn, .heartbeat, .pathSilent), (.natForgets, .idle, .peerRestarted),
      (.icmpHostUnreachable, .inFlight, .hostUnreachable), (.zeroWindow, .inFlight, .stalled),
      (.zeroWindow, .heartbeat, .stalled), (.destroyedLocally, .idle, .localClosed),
      (.ruleLost, .idle, .routeLost), (.nexthopLost, .inFlight, .routeLost), (.ecmpUplink, .idle, .linkDown),
      (.vpnTakesRoute, .idle, .routeChanged), (.vpnTakesRoute, .heartbeat, .routeChanged),
    ]
    for (fault, traffic, cause) in expected {
      #expect(explanation[fault, traffic]?.cause == cause, "\(fault) \(traffic)")
    }
    #expect(explanation[.processFrozen, .idle]?.suspect == nil)
    #expect(explanation[.processFrozen, .idle]?.dead == nil)
  }

  @Test func everyNamedPolicyIsExplainedForEveryFault() throws {
    for policy in NamedPolicies.all {
      let explanation = try Explanation(policy, registry: .builtIn)
      let hasHeartbeat = policy.detectors.contains { $0.name == "heartbeat" }
      let rows = FaultClass.allCases.flatMap(\.traffic).filter { hasHeartbeat || $0 != .heartbeat }
      #expect(explanation.promises.count == rows.count)
      for promise in explanation.promises {
        // Dead is at least suspect, and what is never said has no cause.
        if let dead = promise.dead { #expect(promise.suspect.map { $0 <= dead } == true) }
        #expect((promise.suspect == nil && promise.halfClosed == nil) == (promise.cause == nil))
        #expect((promise.dead == nil) == promise.decidedBy.isEmpty)
      }
    }
  }

  @Test func aLongerPathTakesLonger() throws {
    let short = try Explanation(.wan, registry: .builtIn)
    let long = try Explanation(.wan, registry: .builtIn, roundTrip: .milliseconds(200))
    // What happens on our own side knows no path.
    // A closed window is excused for a time of its own.
    let ours: [FaultClass] = [
      .destroyedLocally, .localCable, .localCablePaced, .interfaceDown, .addressLost, .routeLost, .zeroWindow,
      .ruleLost, .nexthopLost, .ecmpUplink,
    ]
    for (near, far) in zip(short.promises, long.promises) where !ours.contains(near.fault) {
      if let dead = near.dead { #expect(far.dead.map { $0 > dead } == true, "\(near.fault) \(near.traffic)") }
    }
  }

  @Test func halfClosedIsNoDeathWhereThePolicySaysSo() throws {
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    let promise = try #require(try Explanation(policy, registry: .builtIn)[.halfClose, .idle])
    #expect(promise.dead == nil)
    #expect(promise.halfClosed == FaultScenario.slack + .microseconds(100))
    #expect(promise.cause == .peerClosed)
  }

  /// Readiness accuses at once. A sampled method finds the same end at its next sample, or when it is challenged.
  @Test(arguments: [FaultClass.gracefulClose, .reset])
  func whoSamplesFindsAnEndAtItsNextSampleOrWhenChallenged(fault: FaultClass) throws {
    let atOnce = FaultScenario.slack + .microseconds(100)
    func dead(_ policy: Policy, _ traffic: Traffic) throws -> Duration? {
      try Explanation(policy, registry: .builtIn)[fault, traffic]?.dead
    }
    #expect(try dead(.epollOnly, .idle) == atOnce)
    // Samples of an idle connection fall on a grid of a sixteenth.
    #expect(try dead(.tcpInfoOnly, .idle) == atOnce + .seconds(1) + .milliseconds(62.5))
    #expect(try dead(.tcpInfoOnly, .inFlight) == atOnce + .milliseconds(50))
    #expect(try dead(.socketDiagOnly, .idle) == atOnce + .milliseconds(1062.5) + .milliseconds(15))
    for policy in [Policy.fastPath, .kernelOnly, .lan, .wan, .mobile, .patient] {
      #expect(try dead(policy, .idle) == atOnce, "\(policy.name)")
      #expect(try dead(policy, .inFlight) == atOnce, "\(policy.name)")
    }
  }

  /// A FIN is nothing that the kernel ends.
  @Test(arguments: [Policy.keepaliveOnly, .userTimeoutOnly])
  func theKernelsOwnPatienceKnowsNoFIN(policy: Policy) throws {
    let explanation = try Explanation(policy, registry: .builtIn)
    #expect(explanation[.gracefulClose, .idle]?.dead == nil)
    #expect(explanation[.reset, .idle]?.cause == .peerReset)
  }

  /// The bits do not tell a time-out from a reset; the verdict does.
  @Test func readinessAloneIsGivenTheCauseOfTheEnd() throws {
    let explanation = try Explanation(.epollOnly, registry: .builtIn)
    #expect(explanation[.reset, .idle]?.cause == .peerReset)
    #expect(explanation[.silentDrop, .inFlight]?.cause == .timedOut)
    #expect(explanation[.destroyedLocally, .idle]?.cause == .localClosed)
  }

  @Test func aVetoPutsADeathOff() throws {
    let policy = Policy("vetoed") {
      DetectorUse.heartbeat(interval: .milliseconds(200), misses: 4)
      DetectorUse.progress(memory: .seconds(3))
    } suspect: {
      "heartbeat"
    } dead: {
      Rule.unless("heartbeat", alive: "progress")
    }
    let explanation = try Explanation(policy, registry: .builtIn)
    #expect(explanation[.silentDrop, .heartbeat]?.dead == .seconds(3))
    // Stalled for as long as the policy allows.
    let stalled = try #require(explanation[.zeroWindow, .heartbeat]?.dead)
    #expect(stalled > .seconds(60) && stalled < .seconds(63))
  }

  /// Its time begins when the kernel has told of the carrier: until then our own interface refuses what is sent.
  @Test func theUserTimeoutWaitsForHeldBackNews() throws {
    let explanation = try Explanation(.userTimeoutOnly, registry: .builtIn)
    let told = try #require(explanation[.localCable, .inFlight]?.dead)
    let heldBack = try #require(explanation[.localCablePaced, .inFlight]?.dead)
    #expect((.milliseconds(1500) ... .milliseconds(1600)).contains(heldBack - told))
  }

  /// Beyond this machine the call that sends is over when a router answers; on it, the word comes within the call, and is only
  /// noted.
  @Test func aRoutersWordIsHeardAtOnceFromAfar() throws {
    let far = try Explanation(.icmpOnly, registry: .builtIn, roundTrip: .microseconds(100))
    #expect(far[.icmpPortUnreachable, .inFlight]?.suspect == .microseconds(140_100))
    let near = try Explanation(.icmpOnly, registry: .builtIn, roundTrip: .microseconds(20))
    #expect(near[.icmpPortUnreachable, .inFlight]?.suspect == .microseconds(240_020))
  }

  @Test func aRhythmIsPromisedOnlyWhereItIsKnown() throws {
    let explanation = try Explanation(.activityOnly, registry: .builtIn)
    #expect(explanation[.silentDrop, .inFlight]?.suspect == nil)
    #expect(explanation[.reset, .inFlight]?.cause == .peerReset)
    // What has ended is no matter of rhythm.
    #expect(explanation[.reset, .idle]?.dead == FaultScenario.slack + .microseconds(100))
    let policy = Policy("both") {
      DetectorUse.heartbeat()
      DetectorUse.activity()
    } suspect: {
      "activity"
    } dead: {
      "heartbeat"
    }
    #expect(try Explanation(policy, registry: .builtIn)[.silentDrop, .heartbeat]?.suspectedBy == ["activity"])
  }

  @Test func anAppsTimersOfNoLengthAreExplained() throws {
    var app = SocketTimers()
    app.keepalive = .init(idle: .zero, interval: .zero, probes: 0)
    app.userTimeout = .init(timeout: .seconds(30), sparesStalled: false)
    let explanation = try Explanation(.epollOnly, registry: .builtIn, app: app)
    #expect(try #require(explanation[.silentDrop, .idle]?.dead) < .seconds(60))
  }

  @Test func aDetectorThatPromisesNothingIsNotCountedOn() throws {
    struct Mute: Detector {
      static let name: DetectorName = "mute"
      init(settings: DetectorSettings) throws(PolicyError) {}
      var needs: Needs { Needs() }
      func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion { .unchanged }
    }
    let policy = Policy("mute") {
      DetectorUse("mute")
      DetectorUse.keepalive()
    } suspect: {
      "mute"
    } dead: {
      Rule.all(["mute", "keepalive"])
    }
    var voting = policy
    voting.conclusive = .votes
    let registry = DetectorRegistry.builtIn.registering(Mute.self)
    #expect(try Explanation(voting, registry: registry).promises.allSatisfy { $0.suspect == nil })
    #expect(try Explanation(policy, registry: registry)[.reset, .idle]?.decidedBy == ["keepalive"])
    #expect(throws: PolicyError.self) { try Explanation(policy, registry: .builtIn) }
  }
}
