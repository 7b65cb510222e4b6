import Testing

@testable import FlatlineCore

/// The two rules that look at the clock.
struct TimedRuleTests {
  private func run(_ dead: Rule) -> VoteRun {
    VoteRun(
      Policy(name: "p", detectors: ["d0", "d1", "d2"].map { DetectorUse($0) }, suspect: "d2", dead: dead))
  }

  @Test func sustainedWantsAnUnbrokenTime() {
    var run = run(.sustained("d0", for: .milliseconds(100)))
    run.ballots["d0"] = .test(.dead)
    #expect(run.decide(0).kind == .alive)
    #expect(run.decide(0).recheck == .at(100))
    #expect(run.decide(99).kind == .alive)
    // A break: the time begins anew.
    run.ballots["d0"] = nil
    #expect(run.decide(99).recheck == .never)
    run.ballots["d0"] = .test(.dead)
    #expect(run.decide(150).recheck == .at(250))
    #expect(run.decide(249).kind == .alive)
    #expect(run.decide(250).kind == .dead)
    #expect(run.decide(251).recheck == .never)
  }

  @Test func sustainedIsOpenWhileItWaits() {
    // Neither alive nor dead: a fallback counts meanwhile.
    var run = run(.fallback(.sustained("d0", for: .milliseconds(100)), to: "d1"))
    run.ballots = ["d0": .test(.dead), "d1": .test(.dead)]
    #expect(run.decide(0).kind == .dead)
  }

  @Test func aChallengeIsAskedOncePerWindow() {
    var run = run(.confirm("d0", by: .any(["d1", "d2"]), within: .milliseconds(50)))
    #expect(run.decide(0).challenged.isEmpty)
    run.ballots["d0"] = .test(.dead)
    let asked = run.decide(10)
    #expect(run.names(of: asked.challenged) == ["d1", "d2"])
    #expect(asked.recheck == .at(60))
    #expect(run.decide(10).challenged.isEmpty)
    #expect(run.decide(59).challenged.isEmpty)
    #expect(run.names(of: run.decide(60).challenged) == ["d1", "d2"])
    #expect(run.decide(61).recheck == .at(110))
    // Agreement ends it, and a new reason begins a new window.
    run.ballots["d1"] = .test(.dead)
    let agreed = run.decide(70)
    #expect(agreed.kind == .dead)
    #expect(agreed.challenged.isEmpty)
    #expect(agreed.recheck == .never)
    run.ballots["d1"] = .test(.alive)
    #expect(run.names(of: run.decide(71).challenged) == ["d1", "d2"])
  }

  @Test func aChallengeNamesItsChallengers() {
    var run = run(
      .any([
        .confirm(.any(["d0", .all(["d1", "d2"])]), by: .all(["d2", "d1"]), within: .milliseconds(50)),
        .confirm("d1", by: "d0", within: .milliseconds(50)),
      ]))
    run.ballots = ["d0": .test(.dead)]
    #expect(run.names(of: run.decide(0).challengers) == ["d0"])
    // Nobody is asked again before the period is over.
    #expect(run.decide(1).challengers.isEmpty)
    run.ballots = ["d1": .test(.dead)]
    let asked = run.decide(2)
    #expect(run.names(of: asked.challengers) == ["d1"])
    #expect(run.names(of: asked.challenged) == ["d0"])
    run.ballots = [:]
    #expect(run.decide(3).challengers.isEmpty)
  }

  @Test func eachRuleRemembersItsOwnTime() {
    var run = run(
      .all([.sustained("d0", for: .milliseconds(100)), .sustained("d1", for: .milliseconds(300))]))
    run.ballots["d0"] = .test(.dead)
    _ = run.decide(0)
    run.ballots["d1"] = .test(.dead)
    #expect(run.decide(50).recheck == .at(100))
    #expect(run.decide(100).recheck == .at(350))
    #expect(run.decide(349).kind == .alive)
    #expect(run.decide(350).kind == .dead)
  }

  @Test func nothingWrongRemembersNothing() {
    let policy = Policy(
      name: "p", detectors: [DetectorUse("d0"), DetectorUse("d1")],
      suspect: .sustained("d0", for: .seconds(1)), dead: .confirm("d0", by: "d1", within: .seconds(1)))
    let plan = VotingPlan(policy)
    var memory = VoteMemory()
    let dead = StandingBallot(.test(.dead))
    _ = plan.decide(memory: &memory, now: .at(1)) { $0 == 0 ? dead : .none }
    #expect(!memory.isEmpty)
    _ = plan.decide(memory: &memory, now: .at(2)) { _ in .none }
    #expect(memory.isEmpty)
  }
}
