import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// Who is named first, listed first or casts first makes no difference.
struct VoteOrderTests {
  @Test(arguments: 0..<40)
  func orderOfDetectorsAndRulesNeverMatters(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<60 {
      let policy = random.policy(detectors: Int.random(in: 1...5, using: &random), depth: 4)
      var other = policy
      other.detectors.shuffle(using: &random)
      other.suspect = policy.suspect.shuffled(using: &random)
      other.dead = policy.dead.shuffled(using: &random)

      var first = VoteRun(policy)
      var second = VoteRun(other)
      for step in 0..<8 {
        let ballots = random.ballots(for: policy)
        (first.ballots, second.ballots) = (ballots, ballots)
        let (left, right) = (first.decide(step * 70), second.decide(step * 70))
        #expect(left.kind == right.kind)
        #expect(Set(first.names(of: left.deciders)) == Set(second.names(of: right.deciders)))
        #expect(Set(first.names(of: left.challenged)) == Set(second.names(of: right.challenged)))
        #expect(left.recheck == right.recheck)
      }
    }
  }

  @Test func ballotsExplainInTheSameOrderHoweverTheyWereCast() {
    var random = SeededGenerator(seed: 7)
    func ballot(
      _ name: DetectorName, _ leaning: Leaning, _ cause: Cause?, at time: Int, conclusive: Bool = false
    )
      -> Ballot
    {
      Ballot(
        detector: name,
        evidence: Evidence(leaning, layer: .path, cause: cause, at: .at(time), isConclusive: conclusive))
    }
    let ordered = [
      ballot("z", .dead, .localClosed, at: 9, conclusive: true),
      ballot("e", .dead, .peerReset, at: 9, conclusive: true),
      ballot("f", .dead, .peerHung, at: 8),
      ballot("a", .dead, .pathSilent, at: 1),
      ballot("b", .dead, nil, at: 2),
      ballot("c", .dead, nil, at: 3),
      ballot("d", .dead, nil, at: 3),
      ballot("g", .suspicious, .stalled, at: 0),
    ]
    for _ in 0..<200 {
      #expect(Ballot.byWeight(ordered.shuffled(using: &random)) == ordered)
    }
  }
}
