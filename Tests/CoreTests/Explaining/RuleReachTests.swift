import FlatlineTestKit
import Testing

@testable import FlatlineCore
@testable import FlatlineExplaining

/// What a rule can come to when its detectors lean only so far.
struct RuleReachTests {
  private let reach = RuleReach(
    gravest: ["d0": .alive, "d1": .suspicious, "d2": .abstaining], counted: .dead)

  @Test func eachDetectorIsCountedAsItsRuleCountsIt() {
    let rule = Rule.any([.all(["d1", "d3"]), .suspicious(.any(["d0", "d1", "d3"]))])
    #expect(reach.canBeDead(rule))
    #expect(reach.limited(rule).map(\.detector) == ["d1", "d0"])
    #expect(reach.limited(rule).map(\.counted) == [.dead, .suspicious])
    #expect(!reach.canBeDead(.suspicious("d0")))
    #expect(reach.canBeDead(.suspicious("d1")))
    #expect(!reach.canBeDead("d1"))
    // It abstains where it cannot accuse: it need not lean to alive.
    #expect(reach.canBeDead(.majority(["d0", "d3"])))
    #expect(reach.canBeDead(.unless("d3", alive: "d0")))
  }

  @Test func theReasonSaysHowFarEachLeans() {
    let rule = Rule.any(["d3", .suspicious(.all(["d0", "d2"])), "d1"])
    #expect(
      reach.neverDead(in: rule, at: "dead").map(\.description) == [
        #"dead.any[1]: {"suspicious": {"all": ["d0", "d2"]}} can never come to dead: "#
          + "d0 leans to alive at most, d2 has no opinion",
        #"dead.any[2]: "d1" can never come to dead: d1 leans to suspicious at most"#,
      ])
  }

  /// Outer terms only, and none where no ballots at all come to dead.
  @Test(arguments: 0..<50)
  func whatIsNamedIsWhatTheVoteNeverReaches(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 13_000)
    let names: [DetectorName] = ["d0", "d1", "d2"]
    let leanings: [Leaning] = [.alive, .abstaining, .suspicious, .dead]
    for _ in 0..<20 {
      let gravest = Dictionary(uniqueKeysWithValues: names.map { ($0, random.pick(leanings)) })
      let reach = RuleReach(gravest: gravest, counted: .dead)
      let rule = random.rule(over: names, depth: 4, timed: false)
      let plan = VotingPlan(rule: rule)
      let own = rule.detectors
      func isReached(_ ballots: [Leaning]) -> Bool {
        plan.votesDead { detector in ballots[names.firstIndex(of: own[detector]) ?? 0] }
      }
      let possible = names.map { name in
        leanings.filter { $0 <= max(.abstaining, gravest[name] ?? .dead) || $0 == .alive }
      }
      let found = possible[0].contains { a in
        possible[1].contains { b in possible[2].contains { c in isReached([a, b, c]) } }
      }
      #expect(reach.canBeDead(rule) == found, "\(rule.text) \(gravest)")
    }
  }
}
