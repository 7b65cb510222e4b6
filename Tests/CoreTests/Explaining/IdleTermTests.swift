import Testing

@testable import FlatlineCore
@testable import FlatlineExplaining

/// Which terms of a rule change no verdict, nor the time of one.
struct IdleTermTests {
  private func idle(_ rule: Rule, isFinal: Bool = true, unable: Set<DetectorName> = []) -> [String] {
    let search = IdleTermSearch(rule, at: "dead", isFinal: isFinal, unable: unable)
    #expect(search.unsearched.isEmpty)
    return search.idleTerms.map { "\($0.place): \($0.text)" }
  }

  @Test func anAbsorbedTermIsNamed() {
    #expect(idle(.any([.all(["d0", "d1"]), "d1"])) == [#"dead.any[0]: {"all": ["d0", "d1"]}"#])
    #expect(idle(.all([.any(["d0", "d1"]), "d1"])) == [#"dead.all[0]: {"any": ["d0", "d1"]}"#])
    #expect(
      idle(.any(["d0", .fallback("d2", to: .any([.all(["d1", "d3"]), "d3"]))]))
        == [#"dead.any[1].to.any[0]: {"all": ["d1", "d3"]}"#])
  }

  @Test func ofEqualTermsTheLaterIsNamed() {
    #expect(idle(.any(["d0", "d1", "d0"])) == [#"dead.any[2]: "d0""#])
  }

  @Test func whatOneTermMakesIdleIsNamedOnce() {
    // Either of the two can be removed, not both.
    #expect(idle(.any(["d0", .any(["d0", "d1"])])).count == 1)
    #expect(idle(.any(["d0", .all(["d0", "d1"]), .all(["d0", "d2"])])).count == 2)
  }

  @Test(
    arguments: [
      "d0", .any(["d0", "d1"]), .all(["d0", "d1"]), .atLeast(2, of: ["d0", "d1", "d2"]),
      .weighted(threshold: 3, [WeightedRule("d0", weight: 1), WeightedRule("d1", weight: 2)]),
      .confirm("d0", by: "d1", within: .seconds(1)), .fallback("d0", to: "d1"),
      .unless("d0", alive: "d1"), .sustained("d0", for: .seconds(1)),
      .recent("d0", for: .seconds(1)), .majority(["d0", "d1"]), .majority(["d0", "d1", "d2"]),
      .suspicious("d0"), .all([.suspicious("d0"), "d1"]), .suspicious(.majority(["d0", "d1"])),
      .atLeast(2, of: [.recent("d0", for: .seconds(1)), .recent("d1", for: .seconds(1))]),
      .fallback(.unless("d0", alive: "d1"), to: "d2"),
    ] as [Rule])
  func aPlainRuleHasNone(rule: Rule) {
    #expect(idle(rule) == [])
  }

  @Test func aWeightThatReachesNothingIsNamed() {
    let rule = Rule.weighted(
      threshold: 2,
      [WeightedRule("d0", weight: 2), WeightedRule("d1", weight: 2), WeightedRule("d2", weight: 0.5)])
    #expect(idle(rule) == [#"dead.weighted[2].rule: "d2""#])
  }

  @Test func aVetoOfTheAccuserItselfIsNamed() {
    #expect(idle(.unless("d0", alive: .any(["d0", "d1"]))) == [#"dead.unless: {"any": ["d0", "d1"]}"#])
  }

  // MARK: Time

  @Test func aChallengeBeforeTheVerdictMatters() {
    // By its ballots alone the confirming rule is absorbed.
    let confirm = Rule.confirm("d0", by: "d1", within: .milliseconds(50))
    #expect(idle(.any([confirm, "d1"])) == [])
    #expect(idle(.any([.all(["d0", "d1"]), "d1"])).count == 1)
  }

  @Test func aChallengeAfterTheDeathDoesNotMatter() {
    let confirm = Rule.confirm("d0", by: "d1", within: .milliseconds(50))
    #expect(idle(.any(["d0", confirm])) == ["dead.any[1]: \(confirm.text)"])
    // After a suspicion it does: the answer may be a death.
    #expect(idle(.any(["d0", confirm]), isFinal: false) == [])
  }

  @Test func theSameChallengeTwiceIsNamedOnce() {
    let confirm = Rule.confirm("d0", by: "d1", within: .milliseconds(50))
    #expect(idle(.any([confirm, "d1", confirm])) == ["dead.any[2]: \(confirm.text)"])
    // Another period asks at other moments.
    #expect(idle(.any([confirm, "d1", .confirm("d0", by: "d1", within: .seconds(1))])) == [])
  }

  @Test func theLongerOfTwoTimesIsNamed() {
    let long = Rule.sustained("d0", for: .seconds(2))
    #expect(idle(.any([long, .sustained("d0", for: .seconds(1))])) == ["dead.any[0]: \(long.text)"])
    #expect(
      idle(.all([long, .sustained("d0", for: .seconds(1))]))
        == [#"dead.all[1]: {"sustained": "d0", "for": "1s"}"#])
    #expect(idle(.any([long, "d0"])) == ["dead.any[0]: \(long.text)"])
    #expect(idle(.all([long, .sustained("d1", for: .seconds(1))])) == [])
  }

  /// What a sustained rule remembers of a moment when another term hid it.
  @Test func aTermThatStartsAClockEarlierMatters() {
    #expect(idle(.all([.sustained(.any(["d0", "d1"]), for: .seconds(1)), "d0"])) == [])
    #expect(
      idle(.sustained(.any([.all(["d0", "d1"]), "d0"]), for: .seconds(1)))
        == [#"dead.sustained.any[0]: {"all": ["d0", "d1"]}"#])
  }

  @Test func ofTwoMemoriesTheOneThatAddsNothingIsNamed() {
    let (long, short) = (Rule.recent("d0", for: .seconds(2)), Rule.recent("d0", for: .seconds(1)))
    #expect(idle(.any([long, short])) == ["dead.any[1]: \(short.text)"])
    #expect(idle(.all([long, short])) == ["dead.all[0]: \(long.text)"])
    #expect(idle(.any([long, "d0"])) == [#"dead.any[1]: "d0""#])
    #expect(idle(.all([long, "d0"])) == ["dead.all[0]: \(long.text)"])
    #expect(
      idle(.recent(.any([.all(["d0", "d1"]), "d0"]), for: .seconds(1)))
        == [#"dead.recent.any[0]: {"all": ["d0", "d1"]}"#])
  }

  /// What a part with a clock comes to besides dead matters to the rules around it: the veto needs an alive.
  @Test func aTermThatOnlyTellsAliveFromUnknownMatters() {
    let part = Rule.fallback("d0", to: .all(["d0", "d1"]))
    #expect(idle(part) == [#"dead.to: {"all": ["d0", "d1"]}"#])
    #expect(
      idle(.unless("d2", alive: .sustained(part, for: .seconds(1))))
        == [#"dead.unless.sustained.to.all[0]: "d0""#])
    #expect(
      idle(.unless("d2", alive: .recent(part, for: .seconds(1)))) == [#"dead.unless.recent.to.all[0]: "d0""#])
  }

  @Test func aSuspicionIsAStateOfItsOwn() {
    // d0 suspicious: only the first is dead.
    #expect(idle(.any([.suspicious("d0"), "d0"])) == [#"dead.any[1]: "d0""#])
    #expect(idle(.all([.suspicious("d0"), "d0"])) == [#"dead.all[0]: {"suspicious": "d0"}"#])
    let search = IdleTermSearch(
      .any([.suspicious("d0"), .all(["d0", "d1"])]), at: "dead", isFinal: true, muted: ["d0"])
    #expect(search.idleTerms.map(\.place) == ["dead.any[1]"])
  }

  // MARK: What cannot be searched, and what cannot be said

  @Test func aDetectorThatNeverSaysItIsIdle() {
    #expect(idle(.any(["d0", "d1"]), unable: ["d1"]) == [#"dead.any[1]: "d1""#])
    #expect(idle(.unless("d0", alive: "d1"), unable: ["d1"]) == [])
  }

  @Test func tooManyBallotsAreSaidToBe() {
    let many = (0..<30).map { Rule.detector(DetectorName(rawValue: "d\($0)")) }
    let search = IdleTermSearch(.any(many + [many[0]]), at: "dead", isFinal: true)
    #expect(search.unsearched == ["dead"])
    #expect(search.idleTerms.isEmpty)
    // What is small enough inside is searched all the same.
    let inner = Rule.sustained(.any([.all(["d0", "d1"]), "d1"]), for: .seconds(1))
    let outer = IdleTermSearch(.any(many + [inner]), at: "dead", isFinal: true)
    #expect(outer.unsearched == ["dead"])
    #expect(outer.idleTerms.map(\.place) == ["dead.any[30].sustained.any[0]"])
    let nine = IdleTermSearch(
      .any((0..<9).map { many[$0] } + [.all([many[0], many[1]])]), at: "dead", isFinal: true)
    #expect(nine.unsearched.isEmpty)
    #expect(nine.idleTerms.count == 1)
  }
}
