import FlatlinePolicyFiles
import FlatlineTestKit
import Testing

@testable import FlatlineCore
@testable import FlatlineExplaining

/// The worst case of a rule is what the vote comes to when every promise is kept at its last moment.
struct WorstCaseTests {
  private func worstCase(_ rule: Rule, _ promises: [DetectorName: [PromisedEvidence]]) -> WorstCase {
    WorstCases(promises: promises, keepsHalfClosed: false, counted: .dead).worstCase(of: rule)
  }

  @Test func aMajorityWaitsForTheVoicesOfLife() {
    let dead = [PromisedEvidence(.dead, layer: .path, by: .milliseconds(100))]
    let alive = [PromisedEvidence.alive(.host, until: .milliseconds(400))]
    let rule = Rule.majority(["d0", "d1"])
    let both = worstCase(rule, ["d0": dead, "d1": alive])
    #expect(both.deadBy == .milliseconds(400))
    #expect(both.deciders == ["d0"])
    #expect(both.aliveUntil == .milliseconds(400))
    #expect(worstCase(rule, ["d0": dead]).deadBy == .milliseconds(100))
    // Alive for good: a tie, for good.
    let tie = worstCase(rule, ["d0": dead, "d1": [.alive(.host)]])
    #expect(tie.deadBy == nil)
    #expect(tie.aliveUntil == WorstCase.forever)
    #expect(worstCase(rule, ["d0": [.alive(.host)], "d1": [.alive(.host)]]).aliveUntil == WorstCase.forever)
    #expect(worstCase(rule, [:]) == WorstCase())
  }

  @Test func aSuspicionCountsWhereItIsSaidTo() {
    let promises: [DetectorName: [PromisedEvidence]] = [
      "d0": [
        PromisedEvidence(.suspicious, layer: .path, by: .milliseconds(100)),
        PromisedEvidence(.dead, layer: .path, by: .milliseconds(900)),
      ]
    ]
    #expect(worstCase("d0", promises).deadBy == .milliseconds(900))
    #expect(worstCase(.suspicious("d0"), promises).deadBy == .milliseconds(100))
    #expect(worstCase(.all(["d0", .suspicious("d0")]), promises).deadBy == .milliseconds(900))
    #expect(worstCase(.recent("d0", for: .seconds(1)), promises).deadBy == .milliseconds(900))
  }

  /// Evidence that stays never needs to be remembered: a rule with `recent` inside comes to dead to the millisecond when
  /// the same rule without it does.
  @Test(arguments: 0..<20)
  func whatStaysIsForeseenExactlyThroughRecentRules(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 950)
    for _ in 0..<10 {
      let base = random.policy(detectors: 4, depth: 4, timed: false)
      var policy = base
      policy.dead = base.dead.withRecentParts(using: &random)
      let schedule = Dictionary(
        uniqueKeysWithValues: policy.detectors.map { ($0.name, RandomPromise(using: &random)) })
      let promises = schedule.mapValues(\.promises)
      #expect(worstCase(policy.dead, promises) == worstCase(base.dead, promises))
      var run = VoteRun(policy)
      let deadAt = (0...700).first { time in
        run.ballots = schedule.compactMapValues { $0.ballot(at: time) }
        return run.decide(time).kind == .dead
      }
      let foreseen = worstCase(policy.dead, promises).deadBy
      #expect(deadAt.map { .milliseconds($0) } == foreseen, "\(policy.json) \(schedule)")
    }
  }

  @Test(arguments: 0..<40)
  func theVoteKeepsWhatWasForeseen(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 900)
    for _ in 0..<10 {
      let isTimed = random.chance(50)
      let policy = random.policy(detectors: 4, depth: 4, timed: isTimed)
      let schedule = Dictionary(
        uniqueKeysWithValues: policy.detectors.map { ($0.name, RandomPromise(using: &random)) })
      let worstCases = { (counted: Leaning) in
        WorstCases(promises: schedule.mapValues(\.promises), keepsHalfClosed: false, counted: counted)
      }
      let dead = worstCases(.dead).worstCase(of: policy.dead)
      let suspect = worstCases(.suspicious).worstCase(of: policy.suspect)

      var run = VoteRun(policy)
      var deadAt: Int?
      var suspectAt: Int?
      for time in 0...(isTimed ? 3000 : 700) where deadAt == nil {
        run.ballots = schedule.compactMapValues { $0.ballot(at: time) }
        let kind = run.decide(time).kind
        if kind == .dead { deadAt = time }
        if kind != .alive, suspectAt == nil { suspectAt = time }
      }
      let first = [dead.deadBy, suspect.deadBy].compactMap { $0 }.min()
      if isTimed {
        // A rule that looks at time may come true earlier, never later.
        if let bound = dead.deadBy {
          #expect(deadAt.map { .milliseconds($0) <= bound } == true, "\(policy.json)")
        }
        if let first { #expect(suspectAt.map { .milliseconds($0) <= first } == true, "\(policy.json)") }
      } else {
        #expect(deadAt.map { .milliseconds($0) } == dead.deadBy, "\(policy.json) \(schedule)")
        #expect(suspectAt.map { .milliseconds($0) } == first, "\(policy.json) \(schedule)")
      }
    }
  }
}
