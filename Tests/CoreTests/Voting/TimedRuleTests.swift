import Testing

@testable import FlatlineCore

/// The rules that look at the clock.
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

  @Test func recentCountsFromTheLastYes() {
    var run = run(.recent("d0", for: .milliseconds(100)))
    run.ballots["d0"] = .test(.dead)
    #expect(run.decide(0).kind == .dead)
    // It stands: no time runs.
    #expect(run.decide(0).recheck == .never)
    #expect(run.decide(500).kind == .dead)
    run.ballots["d0"] = .test(.alive)
    let remembered = run.decide(600)
    #expect(remembered.kind == .dead)
    #expect(remembered.recheck == .at(700))
    #expect(run.names(of: remembered.deciders) == ["d0"])
    #expect(run.names(of: remembered.remembered) == ["d0"])
    // A break of the no neither ends nor renews it.
    run.ballots["d0"] = nil
    #expect(run.decide(699).kind == .dead)
    #expect(run.decide(699).recheck == .at(700))
    #expect(run.decide(700).kind == .alive)
    #expect(run.decide(700).recheck == .never)
    // A new yes begins anew.
    run.ballots["d0"] = .test(.dead)
    #expect(run.decide(800).kind == .dead)
    run.ballots["d0"] = .test(.alive)
    #expect(run.decide(801).recheck == .at(901))
  }

  /// A yes that runs out is yes until the moment of the vote that finds it over.
  @Test func recentCountsFromAnExpiry() {
    var run = run(.recent("d0", for: .milliseconds(100)))
    run.ballots["d0"] = .test(.dead, at: 0, lifetime: .milliseconds(50))
    #expect(run.decide(0).recheck == .at(50))
    #expect(run.decide(50).kind == .dead)
    #expect(run.decide(50).recheck == .at(150))
    #expect(run.decide(149).kind == .dead)
    #expect(run.decide(150).kind == .alive)
  }

  @Test func afterItsTimeRecentIsItsRule() {
    // A no is no, and no fallback is asked; unknown is unknown.
    for (ballot, kind) in [(Evidence.test(.alive), Decision.Kind.alive), (.test(.abstaining), .dead)] {
      var run = run(.fallback(.recent("d0", for: .milliseconds(100)), to: "d1"))
      run.ballots = ["d0": .test(.dead), "d1": .test(.dead)]
      _ = run.decide(0)
      run.ballots["d0"] = ballot
      #expect(run.decide(1).kind == .dead)
      #expect(run.decide(101).kind == kind)
    }
  }

  @Test func twoOfThreeWithinATime() {
    let rules = (0..<3).map { Rule.recent(.detector(.init(rawValue: "d\($0)")), for: .milliseconds(500)) }
    var run = run(.atLeast(2, of: rules))
    func flash(_ name: DetectorName, at time: Int) -> [Decision.Kind] {
      run.ballots[name] = .test(.dead)
      let during = run.decide(time).kind
      run.ballots[name] = .test(.alive)
      return [during, run.decide(time + 1).kind].map { $0 == .suspect ? .alive : $0 }
    }
    #expect(flash("d0", at: 0) == [.alive, .alive])
    #expect(flash("d1", at: 600) == [.alive, .alive])
    #expect(flash("d1", at: 1000) == [.alive, .alive])
    let both = flash("d0", at: 1400)
    #expect(both == [.dead, .dead])
    let decision = run.decide(1450)
    #expect(run.names(of: decision.deciders) == ["d0", "d1"])
    #expect(decision.recheck == .at(1501))
    #expect(run.decide(1500).kind == .dead)
    #expect(run.decide(1501).kind == .alive)
    #expect(run.decide(1501).recheck == .at(1901))
  }

  @Test func aStallMovesTheEndOfAMemory() {
    var memory = VoteMemory()
    memory.keep(DetectorSet(), at: 3)
    memory.moveOn(by: .seconds(1))
    #expect(memory[3] == VoteMemory.standing)
    memory[3] = .at(0)
    memory.moveOn(by: .seconds(1))
    #expect(memory[3] == .at(1000))
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

  @Test func aSuspicionDecidesADeathWhereTheRuleSaysSo() {
    var run = run(.suspicious(.all(["d0", "d1"])))
    run.ballots = ["d0": .test(.suspicious), "d1": .test(.dead)]
    #expect(run.decide(0).kind == .dead)
    run.ballots["d1"] = .test(.alive)
    #expect(run.decide(1).kind == .alive)
    // Elsewhere in the rule it does not count.
    var mixed = self.run(.all([.suspicious("d0"), "d1"]))
    mixed.ballots = ["d0": .test(.suspicious), "d1": .test(.suspicious)]
    #expect(mixed.decide(0).kind == .alive)
    mixed.ballots["d1"] = .test(.dead)
    #expect(mixed.decide(1).kind == .dead)
    // Inside, and deep.
    var deep = self.run(
      .any([.suspicious(.sustained(.majority(["d0", "d1"]), for: .milliseconds(50))), .all(["d0", "d1"])]))
    deep.ballots = ["d0": .test(.suspicious), "d1": .test(.suspicious)]
    #expect(deep.decide(0).kind == .alive)
    #expect(deep.decide(50).kind == .dead)
  }

  /// A FIN that is no death is none for a suspicion either; a claim of one is the half-closed verdict.
  @Test func aSuspicionOfAFINIsHalfClosed() {
    var run = VoteRun(
      Policy(
        name: "p", halfClose: .halfClosed, detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: "d1",
        dead: .suspicious("d0")))
    run.ballots["d0"] = .test(.dead, isHalfClose: true)
    #expect(run.decide(0).kind == .halfClosed)
    run.ballots["d0"] = .test(.suspicious)
    #expect(run.decide(1).kind == .dead)
  }

  @Test func nothingWrongRemembersNothing() {
    let policy = Policy(
      name: "p", detectors: [DetectorUse("d0"), DetectorUse("d1")],
      suspect: .sustained("d0", for: .seconds(1)),
      dead: .any([
        .confirm("d0", by: "d1", within: .seconds(1)),
        .sustained(.recent("d0", for: .milliseconds(1)), for: .seconds(1)),
      ]))
    let plan = VotingPlan(policy)
    var memory = VoteMemory()
    let dead = StandingBallot(.test(.dead))
    _ = plan.decide(memory: &memory, now: .at(1)) { $0 == 0 ? dead : .none }
    #expect(!memory.isEmpty)
    _ = plan.decide(memory: &memory, now: .at(2)) { _ in .none }
    #expect(!memory.isEmpty)
    _ = plan.decide(memory: &memory, now: .at(3)) { _ in .none }
    #expect(memory.isEmpty)
  }
}
