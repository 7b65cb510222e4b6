import Testing

@testable import FlatlineCore

/// What the kernel has ended, and what a FIN means, are the policy's to say.
struct ConclusiveTests {
  private func policy(_ halfClose: Policy.HalfClose, _ conclusive: Policy.Conclusive) -> Policy {
    Policy(
      name: "p", halfClose: halfClose, conclusive: conclusive,
      detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: .any(["d0", "d1"]),
      dead: .all(["d0", "d1"]))
  }

  private let end = Evidence.test(.dead, isConclusive: true)
  private let fin = Evidence.test(.dead, isConclusive: true, isHalfClose: true)
  private let alive = Evidence.test(.alive)

  @Test func conclusiveEvidenceWinsOrVotes() {
    #expect(VoteRun.verdict(policy(.dead, .wins), ["d0": end, "d1": alive]) == .dead)
    #expect(VoteRun.verdict(policy(.dead, .votes), ["d0": end, "d1": alive]) == .suspect)
    #expect(VoteRun.verdict(policy(.dead, .votes), ["d0": end, "d1": end]) == .dead)
    // Only evidence of an end is conclusive.
    let sure = Evidence.test(.suspicious, isConclusive: true)
    #expect(VoteRun.verdict(policy(.dead, .wins), ["d0": sure]) == .suspect)
  }

  @Test func aFINIsADeathOrAHalfClose() {
    #expect(VoteRun.verdict(policy(.dead, .wins), ["d0": fin]) == .dead)
    #expect(VoteRun.verdict(policy(.dead, .votes), ["d0": fin]) == .suspect)
    #expect(VoteRun.verdict(policy(.halfClosed, .wins), ["d0": fin]) == .halfClosed)
    #expect(VoteRun.verdict(policy(.halfClosed, .votes), ["d0": fin]) == .halfClosed)
    // Two that saw the same FIN make no death of it; a real end beside it does.
    #expect(VoteRun.verdict(policy(.halfClosed, .wins), ["d0": fin, "d1": fin]) == .halfClosed)
    #expect(VoteRun.verdict(policy(.halfClosed, .wins), ["d0": fin, "d1": end]) == .dead)
    #expect(
      VoteRun.verdict(policy(.halfClosed, .wins), ["d0": fin, "d1": .test(.suspicious)]) == .halfClosed)
  }

  @Test func whatWonIsWhoDecided() {
    var run = VoteRun(policy(.dead, .wins))
    run.ballots = ["d0": .test(.dead), "d1": end]
    let decision = run.decide(1)
    #expect(run.names(of: decision.deciders) == ["d1"])
  }
}
