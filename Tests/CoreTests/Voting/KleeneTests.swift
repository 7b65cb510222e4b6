import Testing

@testable import FlatlineCore

/// The tables of Kleene's strong three-valued logic, whole.
struct KleeneTests {
  private static let votes: [Vote] = [.no, .unknown, .yes]

  /// The three-valued outcome of a rule. Two two-valued ones tell it: is it dead, and would a fallback that is
  /// dead have been asked?
  private func outcome(_ rule: Rule, _ votes: [Vote]) -> Vote {
    let names = (0..<5).map { DetectorName(rawValue: "d\($0)") }
    var ballots: [DetectorName: Evidence] = ["d4": .test(.dead)]
    for (name, vote) in zip(names, votes) {
      ballots[name] = .test(vote == .yes ? .dead : vote == .no ? .alive : .abstaining)
    }
    func isDead(_ rule: Rule) -> Bool {
      let policy = Policy(
        name: "table", conclusive: .votes, detectors: names.map { DetectorUse($0) }, suspect: rule, dead: rule
      )
      return VoteRun.verdict(policy, ballots) == .dead
    }
    if isDead(rule) { return .yes }
    return isDead(.fallback(rule, to: "d4")) ? .unknown : .no
  }

  private static let triples = votes.flatMap { a in votes.flatMap { b in votes.map { c in [a, b, c] } } }

  @Test(arguments: triples)
  func anyIsTheMostDeadAndAllTheLeast(votes: [Vote]) {
    #expect(outcome(.any(["d0", "d1", "d2"]), votes) == votes.max())
    #expect(outcome(.all(["d0", "d1", "d2"]), votes) == votes.min())
    #expect(outcome(.confirm("d0", by: "d1", within: .seconds(1)), votes) == min(votes[0], votes[1]))
    #expect(outcome(.fallback("d0", to: "d1"), votes) == (votes[0] == .unknown ? votes[1] : votes[0]))
    let vetoed = votes[1] == .no && votes[0] == .yes
    #expect(outcome(.unless("d0", alive: "d1"), votes) == (vetoed ? .unknown : votes[0]))
    // Of a moment alone.
    #expect(outcome(.recent("d0", for: .seconds(1)), votes) == votes[0])
    #expect(outcome(.suspicious("d0"), votes) == votes[0])
  }

  @Test(arguments: triples)
  func aMajorityIsOfThoseWithAnOpinion(votes: [Vote]) {
    let (yes, no) = (votes.count { $0 == .yes }, votes.count { $0 == .no })
    let expected: Vote = yes + no == 0 ? .unknown : yes > no ? .yes : .no
    #expect(outcome(.majority(["d0", "d1", "d2"]), votes) == expected)
    #expect(outcome(.majority([.any(["d0", "d0"]), .all(["d1"]), "d2"]), votes) == expected)
    #expect(outcome(.majority(["d0"]), votes) == votes[0])
  }

  @Test func aTieIsNoMajority() {
    #expect(outcome(.majority(["d0", "d1"]), [.yes, .no]) == .no)
    #expect(outcome(.majority(["d0", "d1"]), [.yes, .unknown]) == .yes)
    // A new opinion may turn a yes back, as with a fallback.
    #expect(outcome(.fallback("d0", to: "d1"), [.unknown, .yes]) == .yes)
    #expect(outcome(.fallback("d0", to: "d1"), [.no, .yes]) == .no)
  }

  @Test(arguments: triples)
  func countsAndWeightsAreDeadAliveOrStillOpen(votes: [Vote]) {
    let dead = votes.count { $0 == .yes }
    let possible = votes.count { $0 != .no }
    for count in 1...3 {
      let expected: Vote = dead >= count ? .yes : possible >= count ? .unknown : .no
      #expect(outcome(.atLeast(count, of: ["d0", "d1", "d2"]), votes) == expected)
    }
    let weights = [1.0, 2.0, 4.0]
    let weighted = zip(["d0", "d1", "d2"] as [Rule], weights).map { WeightedRule($0, weight: $1) }
    for threshold in 1...7 {
      let deadWeight = zip(votes, weights).reduce(0) { $0 + ($1.0 == .yes ? $1.1 : 0) }
      let possibleWeight = zip(votes, weights).reduce(0) { $0 + ($1.0 != .no ? $1.1 : 0) }
      let limit = Double(threshold)
      let expected: Vote = deadWeight >= limit ? .yes : possibleWeight >= limit ? .unknown : .no
      #expect(outcome(.weighted(threshold: limit, weighted), votes) == expected)
    }
  }

  /// Weights as people write them: a tenth has no exact binary form, and three of them are still 0.3.
  @Test func decimalWeightsReachTheirSum() throws {
    let names: [DetectorName] = ["d0", "d1", "d2", "d3"]
    let weights = [0.7, 0.1, 0.2, 0.5]
    let rule = Rule.weighted(
      threshold: 1, zip(names, weights).map { WeightedRule(.detector($0), weight: $1) })
    let policy = Policy(name: "tenths", detectors: names.map { DetectorUse($0) }, suspect: rule, dead: rule)
    try policy.validate(with: .puppets)
    let dead = Evidence.test(.dead)
    #expect(VoteRun.verdict(policy, ["d0": dead, "d1": dead, "d2": dead]) == .dead)
    #expect(VoteRun.verdict(policy, ["d0": dead, "d2": dead]) == .alive)
    let tenths = Rule.weighted(
      threshold: 1, (0..<10).map { WeightedRule(.detector(names[$0 % 4]), weight: 0.1) })
    try Policy(name: "ten", detectors: names.map { DetectorUse($0) }, suspect: tenths, dead: tenths)
      .validate(with: .puppets)
  }
}
