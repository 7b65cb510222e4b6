import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Synchronization
import Testing

/// What the engine makes of a look and an opinion, in virtual time.
struct TurnTests {
  // MARK: The next look

  /// The greedy detector is looked at less and less often, and the others when they want to be: on its connection, and
  /// on others. Its fault is reported once a connection.
  @Test(arguments: [Duration.seconds(3600), .milliseconds(1), .zero, .microseconds(-900)])
  func aNextLookThatDoesNotMoveOnStarvesNobody(_ past: Duration) throws {
    let (greedy, modest) = (
      PuppetStrings(needs: .every(.milliseconds(10))), PuppetStrings(needs: .every(.milliseconds(100)))
    )
    greedy.answer { Opinion(next: $0.now - past) }
    let stage = try VirtualStage(.pair(greedy, modest), sockets: 3)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .both, onEvent: log.take)
    _ = try stage.monitor.watch(2, policy: .first, onEvent: log.take)
    _ = try stage.monitor.watch(3, policy: .second, onEvent: log.take)
    let start = stage.machine.now()
    stage.run(.seconds(3))
    // After 10, 1, 1, 8, 64 and 512 ms, then once a second.
    #expect(greedy.looks.count == 2 * 8)
    // Two connections, every 100 ms; no look is more than the slack of a millisecond early.
    #expect(modest.looks.count == 2 * 30)
    let times = modest.looks.map { ($0.now - start).milliseconds }
    #expect(times.enumerated().allSatisfy { abs($1 - Double($0 / 2 + 1) * 100) <= Double($0 / 2 + 1) })
    #expect(log.ballots.map(\.detector) == ["first", "first"])
    #expect(log.ballots.allSatisfy { $0.evidence.facts.map(\.name) == ["detector_fault"] })
  }

  /// A deadline that has just passed is no fault: what moves on is looked at when it wants to be.
  @Test func aDeadlineThatMovesOnAgainIsNoFault() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(10)))
    let looks = Atomic(0)
    strings.answer { look in
      // Twice at once, then in 10 ms.
      let count = looks.add(1, ordering: .relaxed).newValue
      return Opinion(next: count % 3 == 0 ? look.now + .milliseconds(10) : look.now)
    }
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet, onEvent: log.take)
    stage.run(.milliseconds(1000))
    #expect(log.ballots.isEmpty)
    // Three looks in 1 + 1 + 10 ms, the slack of a turn apart.
    #expect(looks.load(ordering: .relaxed) >= 3 * 1000 / 13)
  }

  // MARK: The account

  @Test func aDetectorThatTakesLongStandsFirstInTheAccount() throws {
    let (slow, quick) = (
      PuppetStrings(needs: .every(.milliseconds(100))), PuppetStrings(needs: .every(.milliseconds(10)))
    )
    let stage = try VirtualStage(.pair(slow, quick))
    let machine = Unchecked(stage.machine)
    slow.answer { _ in
      machine.value.pass(.milliseconds(5))
      return .unchanged
    }
    _ = try stage.monitor.watch(1, policy: .both)
    stage.run(.seconds(20))
    let account = stage.monitor.account
    #expect(account.detectors.map(\.name) == ["first", "second"])
    let first = try #require(account.detectors.first)
    #expect(first.policy == "both")
    #expect(first.looks == slow.looks.count && first.looks >= 180)
    // Every one is timed.
    #expect(first.time == .milliseconds(5) * first.looks)
    #expect(first.longest == .milliseconds(5))
    #expect(account.detectors.last?.looks == quick.looks.count)
    #expect(account.detectors.last?.time == .zero)
    #expect(account.looks >= quick.looks.count && account.turns >= account.looks)
    #expect(account.description.split(separator: "\n").count == 3)
  }

  // MARK: Pings

  @Test(arguments: [PingOutcome.notNow, .handshakePending, .streamFull, .never])
  func aPingThatIsNotSentComesBackAtOnce(_ outcome: PingOutcome) throws {
    let strings = PuppetStrings(needs: .every(.seconds(1)))
    strings.answer { $0.isDue ? Opinion(actions: [.ping]) : .unchanged }
    let stage = try VirtualStage(strings)
    let start = stage.machine.now()
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy, pinger: AppPinger { outcome })
    stage.run(.milliseconds(1500))
    #expect(strings.looks.map(\.reasons) == [.due, .pingOutcome(outcome)])
    #expect(strings.looks.allSatisfy { $0.now == start + .seconds(1) })
  }

  @Test func aPingThatIsSentComesNotBack() throws {
    let strings = PuppetStrings(needs: .every(.seconds(1)))
    strings.answer { $0.isDue ? Opinion(actions: [.ping]) : .unchanged }
    let pings = Atomic(0)
    let stage = try VirtualStage(strings)
    let pinger = AppPinger {
      pings.add(1, ordering: .relaxed)
      return .sent
    }
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy, pinger: pinger)
    stage.run(.milliseconds(3500))
    #expect(strings.looks.map(\.reasons) == [.due, .due, .due])
    #expect(pings.load(ordering: .relaxed) == 3)
  }

  /// The outcome is that of the detector that asked.
  @Test func aPingComesBackToItsDetectorAlone() throws {
    let (asking, other) = (
      PuppetStrings(needs: .every(.seconds(1))), PuppetStrings(needs: .every(.seconds(1)))
    )
    asking.answer { $0.isDue ? Opinion(actions: [.ping]) : .unchanged }
    let stage = try VirtualStage(.pair(asking, other))
    _ = try stage.monitor.watch(1, policy: .both, pinger: AppPinger { .notNow })
    stage.run(.milliseconds(1500))
    #expect(asking.looks.map(\.reasons) == [.due, .pingOutcome(.notNow)])
    #expect(other.looks.map(\.reasons) == [.due])
  }

  // MARK: Challenges

  /// The second detector would look in an hour. It is asked when the first accuses, and answers in that turn.
  @Test(arguments: [Leaning.dead, .suspicious, .alive])
  func aChallengeIsAnsweredInTheSameTurn(_ answer: Leaning) throws {
    let (accuser, witness) = (
      PuppetStrings(needs: .readiness(.readHangUp)), PuppetStrings(needs: .every(.seconds(3600)))
    )
    accuser.lean(.dead, cause: .peerClosed)
    witness.answer { look in
      look.isChallenged
        ? Opinion(Evidence(answer, layer: .process, cause: answer > .alive ? .peerHung : nil, at: look.now))
        : .unchanged
    }
    let stage = try VirtualStage(.pair(accuser, witness))
    let log = VerdictLog()
    var policy = Policy.both
    policy.suspect = "first"
    policy.dead = .confirm("first", by: "second", within: .seconds(60))
    let id = try stage.monitor.watch(1, policy: policy) { log.take($0) }
    stage.run(.seconds(5))
    #expect(log.events.isEmpty)
    let now = stage.machine.now()
    stage.machine.report(.readHangUp, of: 1)
    // One turn.
    stage.monitor.process()
    #expect(witness.looks.map(\.reasons) == [.challenge])
    #expect(witness.looks.map(\.now) == [now])
    #expect(log.ballots.map(\.detector) == ["first", "second"])
    #expect(log.ballots.map(\.evidence.challengedBy) == [[], ["first"]])
    #expect(log.ballots.last?.evidence.facts.contains(.text("challenged_by", "first")) == true)
    #expect(log.changes.map(\.time) == [now])
    #expect(log.verdicts.map(\.isDead) == [answer == .dead])
    #expect(stage.monitor.verdict(of: id)?.isDead == (answer == .dead))
  }

  /// Nobody is asked about what nobody claims.
  @Test func withoutAnAccusationNobodyIsChallenged() throws {
    let (accuser, witness) = (
      PuppetStrings(needs: .every(.milliseconds(50))), PuppetStrings(needs: .every(.seconds(1)))
    )
    accuser.lean(.alive)
    let stage = try VirtualStage(.pair(accuser, witness))
    var policy = Policy.both
    policy.dead = .confirm("first", by: "second", within: .seconds(60))
    _ = try stage.monitor.watch(1, policy: policy)
    stage.run(.seconds(10))
    #expect(witness.looks.count == 10)
    #expect(witness.looks.allSatisfy { !$0.isChallenged })
  }
}

private struct First: FlatlineTestKit.Puppet {
  static let name: DetectorName = "first"
  let strings: PuppetStrings
}

private struct Second: FlatlineTestKit.Puppet {
  static let name: DetectorName = "second"
  let strings: PuppetStrings
}

extension DetectorRegistry {
  fileprivate static func pair(_ first: PuppetStrings, _ second: PuppetStrings) -> DetectorRegistry {
    DetectorRegistry().registering(First(strings: first)).registering(Second(strings: second))
  }
}

extension Policy {
  fileprivate static let first = Policy(
    name: "first", detectors: [DetectorUse("first")], suspect: "first", dead: "first")
  fileprivate static let second = Policy(
    name: "second", detectors: [DetectorUse("second")], suspect: "second", dead: "second")
  fileprivate static let both = Policy(
    name: "both", detectors: [DetectorUse("first"), DetectorUse("second")],
    suspect: .any(["first", "second"]),
    dead: .any(["first", "second"]))
}
