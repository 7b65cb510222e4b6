import FlatlinePolicyFiles
import FlatlineTestKit
import Testing

@testable import FlatlineCore
@testable import FlatlineExplaining

/// The worst case of a rule is what the vote comes to when every promise is kept at its last moment.
struct WorstCaseTests {
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
