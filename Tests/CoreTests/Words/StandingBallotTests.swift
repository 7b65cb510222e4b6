import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// Eight bytes hold what a vote needs of a ballot.
struct StandingBallotTests {
  @Test func packsEveryBallot() {
    var random = SeededGenerator(seed: 12)
    for leaning in [Leaning.abstaining, .alive, .suspicious, .dead] {
      for (isConclusive, isHalfClose) in [(false, false), (false, true), (true, false), (true, true)] {
        for _ in 0..<50 {
          let layer = random.pick([Layer.link, .path, .host, .process])
          let evidence = Evidence(
            leaning, layer: layer, at: .at(Int.random(in: 0...1_000_000, using: &random)),
            lifetime: random.chance(30)
              ? nil : .nanoseconds(Int64.random(in: 0...Int64.max / 4, using: &random)),
            isConclusive: isConclusive, isHalfClose: isHalfClose)
          let ballot = Ballot(detector: "d", evidence: evidence)
          let standing = StandingBallot(evidence)
          #expect(standing.leaning == leaning)
          #expect(standing.isConclusive == isConclusive)
          #expect(standing.isHalfClose == isHalfClose)
          #expect(standing.layer == layer)
          if ballot.expiry.nanoseconds < 1 << 58 - 1 {
            #expect(standing.expiry == ballot.expiry)
          } else {
            #expect(standing.expiry == .never)
          }
          #expect(standing.leaning(at: evidence.time) == ballot.leaning(at: evidence.time))
        }
      }
    }
    #expect(MemoryLayout<StandingBallot>.size == 8)
    #expect(StandingBallot.none.leaning == .abstaining)
  }

  @Test func canBeExtended() {
    let ballot = StandingBallot(.test(.suspicious, at: 0, lifetime: .milliseconds(10), isHalfClose: true))
    let later = ballot.extended(by: .milliseconds(5))
    #expect(later.expiry == .at(15))
    #expect(later.leaning == .suspicious)
    #expect(later.isHalfClose)
    #expect(later.extended(by: .seconds(Int64.max)).expiry == .never)
    let standing = StandingBallot(.test(.dead, isConclusive: true))
    #expect(standing.extended(by: .seconds(1)) == standing)
  }
}
