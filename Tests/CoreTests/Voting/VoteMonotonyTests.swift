import FlatlinePolicyFiles
import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// A ballot that is more dead never makes a verdict less dead.
struct VoteMonotonyTests {
  /// From the least dead; a missing ballot is an abstention.
  private static let ladder: [Evidence] = [
    .test(.alive), .test(.abstaining), .test(.suspicious), .test(.dead), .test(.dead, isConclusive: true),
  ]

  private func graver(than evidence: Evidence?, _ random: inout SeededGenerator) -> Evidence? {
    guard let evidence else { return random.pick(Array(Self.ladder[1...])) }
    let place = Self.ladder.firstIndex {
      $0.leaning == evidence.leaning && $0.isConclusive == evidence.isConclusive
    }
    return random.pick(Array(Self.ladder[(place ?? Self.ladder.count - 1)...]))
  }

  @Test(arguments: 0..<40)
  func graverBallotsNeverMakeAMilderVerdict(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 1000)
    for _ in 0..<200 {
      let policy = random.policy(detectors: Int.random(in: 1...5, using: &random), depth: 4)
      var ballots = random.ballots(for: policy).filter { !$0.value.isHalfClose }
      var before = VoteRun.verdict(policy, ballots)
      for _ in 0..<6 {
        let name = random.pick(policy.detectors).name
        ballots[name] = graver(than: ballots[name], &random)
        let after = VoteRun.verdict(policy, ballots)
        #expect(after.gravity >= before.gravity, "\(policy.json) \(ballots)")
        before = after
      }
    }
  }

  @Test(arguments: 0..<40)
  func aFINNeverMakesAMilderVerdict(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 2000)
    for _ in 0..<200 {
      let policy = random.policy(detectors: 4, depth: 3)
      var ballots = random.ballots(for: policy)
      let name = random.pick(policy.detectors).name
      guard ballots[name]?.leaning != .dead else { continue }
      // A hint of silence that counted as a death: the FIN refutes it.
      if ballots[name]?.leaning == .suspicious, policy.dead.hinting.contains(name) { continue }
      let before = VoteRun.verdict(policy, ballots)
      ballots[name] = .test(.dead, isConclusive: true, isHalfClose: true)
      #expect(VoteRun.verdict(policy, ballots).gravity >= before.gravity, "\(policy.json) \(ballots)")
    }
  }

  /// Two runs side by side; at each moment the second has the graver ballots.
  @Test(arguments: 0..<40)
  func neverOverTimeEither(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 3000)
    for _ in 0..<60 {
      let policy = random.policy(detectors: Int.random(in: 1...4, using: &random), depth: 4)
      var mild = VoteRun(policy)
      var grave = VoteRun(policy)
      var now = 0
      for _ in 0..<25 {
        now += Int.random(in: 1...150, using: &random)
        for use in policy.detectors where random.chance(40) {
          // As seen: what stands now, without a time limit of its own.
          let ballot = random.ballot(at: now).flatMap { $0.isHalfClose ? nil : $0 }
          mild.ballots[use.name] = ballot
          grave.ballots[use.name] = graver(than: ballot, &random)
        }
        #expect(grave.decide(now).kind.gravity >= mild.decide(now).kind.gravity, "\(policy.json)")
      }
    }
  }
}
