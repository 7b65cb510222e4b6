import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// An abstention is no vote: not for dead, and never for alive.
struct AbstentionTests {
  @Test(arguments: 0..<40)
  func anAbstentionOrAnExpiredBallotIsNoBallot(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 4000)
    for _ in 0..<60 {
      let policy = random.policy(detectors: 4, depth: 4)
      var with = VoteRun(policy)
      var without = VoteRun(policy)
      for step in 1..<8 {
        let ballots = random.ballots(for: policy)
        with.ballots = ballots
        without.ballots = ballots
        for use in policy.detectors where random.chance(50) {
          let expired = Evidence.test(
            random.pick([.alive, .suspicious, .dead]), at: 0, lifetime: .milliseconds(step * 70),
            isConclusive: random.chance(50), isHalfClose: random.chance(50))
          with.ballots[use.name] = random.chance(50) ? .test(.abstaining) : expired
          without.ballots[use.name] = nil
        }
        let (left, right) = (with.decide(step * 70), without.decide(step * 70))
        #expect(left.kind == right.kind)
        #expect(left.deciders == right.deciders)
        #expect(left.challenged == right.challenged)
        #expect(left.recheck == right.recheck)
      }
    }
  }

  @Test func aVetoNeedsAnAliveBallot() {
    let policy = Policy(
      name: "veto", detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: "d0",
      dead: .unless("d0", alive: "d1"))
    func verdict(_ witness: Evidence?) -> Decision.Kind {
      VoteRun.verdict(policy, ["d0": .test(.dead), "d1": witness].compactMapValues { $0 })
    }
    #expect(verdict(nil) == .dead)
    #expect(verdict(.test(.abstaining)) == .dead)
    #expect(verdict(.test(.suspicious)) == .dead)
    #expect(verdict(.test(.dead)) == .dead)
    #expect(verdict(.test(.alive)) == .suspect)
  }

  @Test func aBallotStandsUntilTheMomentItExpires() {
    let policy = Policy(name: "one", detectors: [DetectorUse("d0")], suspect: "d0", dead: "d0")
    var run = VoteRun(policy)
    run.ballots["d0"] = .test(.dead, at: 0, lifetime: .milliseconds(100))
    #expect(run.decide(99).kind == .dead)
    #expect(run.decide(99).recheck == .at(100))
    #expect(run.decide(100).kind == .alive)
    #expect(run.decide(100).recheck == .never)
  }
}
