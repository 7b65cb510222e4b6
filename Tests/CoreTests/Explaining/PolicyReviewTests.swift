import Flatline
import Testing

/// What a review says of policies with real detectors.
struct PolicyReviewTests {
  private func review(
    _ dead: Rule, conclusive: Policy.Conclusive = .votes, halfClose: Policy.HalfClose = .dead,
    _ detectors: [DetectorUse]
  ) throws -> PolicyReview {
    try PolicyReview(
      Policy(
        name: "p", halfClose: halfClose, conclusive: conclusive, detectors: detectors,
        suspect: .detector(detectors[0].name), dead: dead), registry: .builtIn)
  }

  @Test(arguments: NamedPolicies.all + FieldPolicies.all)
  func namedPoliciesHaveNoIdleTerm(policy: Policy) throws {
    let review = try PolicyReview(policy, registry: .builtIn)
    #expect(review.idleTerms.map(\.description) == [])
    #expect(review.unsearched == [])
    #expect(review.unreachable == [])
    #expect(review.neverDead == [])
  }

  @Test func theIdleTermIsNamed() throws {
    let review = try review(.any([.all(["link", "keepalive"]), "keepalive"]), [.keepalive(), .link()])
    #expect(
      review.idleTerms.map(\.description) == [
        #"dead.any[0]: {"all": ["link", "keepalive"]} changes no verdict, nor the time of one"#
      ])
  }

  @Test func aRuleOfDetectorsThatNeverSayDeadIsUnreachable() throws {
    for rule in ["icmp", .any(["icmp", "progress"]), .all(["icmp", "keepalive"])] as [Rule] {
      let detectors: [DetectorUse] = [.icmp(), .progress(always: true), .keepalive()]
      let error = try #require(try review(rule, detectors).unreachable.first)
      #expect(error.place == "dead")
      #expect(error.found.contains("icmp"))
      #expect(error.found.contains("never lean"))
      #expect(error.allowed.contains("can lean to dead"))
    }
    #expect(try review(.any(["icmp", "keepalive"]), [.icmp(), .keepalive()]).unreachable == [])
  }

  @Test func aTermThatNeverSaysDeadIsIdle() throws {
    let found = try review(.any(["icmp", "keepalive"]), [.icmp(), .keepalive()])
    #expect(found.idleTerms.map(\.place) == ["dead.any[0]"])
  }

  @Test func whatNeverComesToDeadIsNamed() throws {
    let detectors: [DetectorUse] = [.icmp(), .progress(always: true), .keepalive(), .tcpInfo()]
    func neverDead(_ rule: Rule) throws -> [String] {
      let review = try review(rule, detectors)
      #expect(review.unreachable == [])
      return review.neverDead.map(\.description)
    }
    let icmp = "can never come to dead: icmp leans to suspicious at most"
    #expect(try neverDead(.any(["icmp", "keepalive"])) == [#"dead.any[0]: "icmp" \#(icmp)"#])
    let both = Rule.all(["icmp", "keepalive"])
    #expect(
      try neverDead(.any(["keepalive", .sustained(both, for: .seconds(1))]))
        == [#"dead.any[1]: {"sustained": \#(both.text), "for": "1s"} \#(icmp)"#])
    // It holds the rule back, and is no idle term.
    let majority = Rule.majority(["keepalive", "tcp-info", "progress"])
    #expect(try neverDead(majority).map { $0.prefix(16) } == ["dead.majority[2]"])
    #expect(try review(majority, detectors).idleTerms == [])
    // Where its hints count, it can.
    #expect(try neverDead(.all([.suspicious("icmp"), "keepalive"])) == [])
    #expect(try neverDead(.suspicious(both)) == [])
    // A veto is there to be alive.
    #expect(try neverDead(.unless("keepalive", alive: "progress")) == [])
  }

  /// An idle term that can never come to dead says so.
  @Test func theReasonOfAnIdleTermIsTheExactOne() throws {
    let review = try review(.any(["icmp", "keepalive"]), [.icmp(), .keepalive()])
    #expect(
      review.idleTerms.map(\.description)
        == [#"dead.any[0]: "icmp" can never come to dead: icmp leans to suspicious at most"#])
  }

  @Test func aSuspiciousThatAddsNothingIsNamed() throws {
    let policy = Policy(
      name: "p", detectors: [.icmp(), .keepalive()],
      suspect: .any([.suspicious("icmp"), "keepalive"]),
      dead: .suspicious(.all([.suspicious("icmp"), "keepalive"])))
    let review = try PolicyReview(policy, registry: .builtIn)
    #expect(review.idleTerms.map(\.place) == ["suspect.any[0]", "dead.suspicious.all[0]"])
    #expect(review.idleTerms.allSatisfy { $0.reason == "changes nothing: suspicions count there anyway" })
  }

  /// A detector that promises nothing may say anything.
  @Test func aCustomDetectorIsTakenToBeAble() throws {
    let policy = Policy(
      name: "p", detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: "d0", dead: "d0")
    let review = try PolicyReview(policy, registry: .puppets)
    #expect(review.unreachable == [])
    #expect(review.idleTerms == [])
  }

  @Test func aDetectorInNoRuleIsIdleUnlessItActsOrDecidesAlone() throws {
    func idle(
      _ use: DetectorUse, _ conclusive: Policy.Conclusive, _ halfClose: Policy.HalfClose = .dead
    ) throws -> [String] {
      try review("heartbeat", conclusive: conclusive, halfClose: halfClose, [.heartbeat(), use]).idleTerms
        .map(\.place)
    }
    #expect(try idle(.progress(), .wins) == ["detectors.progress"])
    #expect(try idle(.epoll(), .votes) == ["detectors.epoll"])
    // Bits prove nothing.
    #expect(try idle(.epoll(), .wins) == ["detectors.epoll"])
    #expect(try idle(.epoll(), .votes, .halfClosed) == ["detectors.epoll"])
    #expect(try idle(.tcpInfo(), .votes) == [])
    #expect(try idle(.tcpInfo(), .wins) == [])
    #expect(try idle(.tcpInfo(), .votes, .halfClosed) == [])
    // The kernel's own probes end the connection.
    #expect(try idle(.keepalive(accelerated: false), .votes) == [])
  }

  @Test func aPolicyThatIsNotValidIsRefused() {
    #expect(throws: PolicyError.self) { try review("link", [.keepalive()]) }
  }
}
