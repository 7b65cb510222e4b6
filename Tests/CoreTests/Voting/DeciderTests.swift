import FlatlinePolicyFiles
import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// The ballots named with a verdict are those that made it.
struct DeciderTests {
  @Test(arguments: 0..<40)
  func decidersNeedNobodyElse(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 5000)
    for _ in 0..<100 {
      let policy = random.policy(detectors: 5, depth: 4, timed: false)
      var run = VoteRun(policy)
      run.ballots = random.ballots(for: policy)
      let decision = run.decide(1)
      let names = run.names(of: decision.deciders)
      #expect((decision.kind == .alive) == names.isEmpty)

      var alone = VoteRun(policy)
      alone.ballots = run.ballots.filter { names.contains($0.key) }
      let second = alone.decide(1)
      // Without the alive ballots, which decide against, a suspicion may be more.
      #expect(second.kind.gravity >= decision.kind.gravity, "\(policy.json) \(run.ballots) \(names)")
      for name in names {
        let leaning = run.ballots[name]?.leaning ?? .abstaining
        let countsHint = decision.kind == .suspect || policy.dead.hinting.contains(name)
        #expect(leaning == .dead || (countsHint && leaning == .suspicious))
      }
    }
  }

  @Test(
    arguments: [
      (.any(["d0", "d1", "d2"]), ["d0", "d2"]),
      (.all(["d0", "d2"]), ["d0", "d2"]),
      (.atLeast(1, of: ["d1", .all(["d0", "d1"]), "d2"]), ["d2"]),
      // The part that is not dead took no part, whoever inside it was.
      (.any([.all(["d0", "d1"]), "d2"]), ["d2"]),
      (.fallback("d3", to: "d0"), ["d0"]),
      (.fallback("d0", to: "d2"), ["d0"]),
      // The witness who did not veto decided nothing.
      (.unless("d0", alive: "d2"), ["d0"]),
      (.confirm("d0", by: "d2", within: .seconds(1)), ["d0", "d2"]),
      (.weighted(threshold: 2, [WeightedRule("d0", weight: 2), WeightedRule("d1", weight: 5)]), ["d0"]),
      (.majority(["d0", "d1", "d2", "d3"]), ["d0", "d2"]),
      (.suspicious(.majority(["d0", "d3"])), ["d0"]),
      (.recent("d2", for: .seconds(1)), ["d2"]),
    ] as [(Rule, [DetectorName])])
  func eachCombinatorNamesItsOwn(rule: Rule, expected: [DetectorName]) {
    let policy = Policy(
      name: "p", detectors: ["d0", "d1", "d2", "d3"].map { DetectorUse($0) }, suspect: "d3", dead: rule)
    var run = VoteRun(policy)
    // d3 abstains.
    run.ballots = ["d0": .test(.dead), "d1": .test(.alive), "d2": .test(.dead)]
    let decision = run.decide(1)
    #expect(decision.kind == .dead)
    #expect(run.names(of: decision.deciders) == expected)
  }

  @Test func onlyTheSuspectRuleCountsSuspicion() {
    let policy = Policy(
      name: "p", detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: .any(["d0", "d1"]),
      dead: .any(["d0", "d1"]))
    var run = VoteRun(policy)
    run.ballots = ["d0": .test(.alive), "d1": .test(.suspicious)]
    let decision = run.decide(1)
    #expect(decision.kind == .suspect)
    #expect(run.names(of: decision.deciders) == ["d1"])
  }
}
