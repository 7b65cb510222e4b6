import Flatline
import FlatlineExperiments
import FlatlineLab
import Testing

/// What is right, and what is wrong in which way.
struct JudgementTests {
  private let pathSilent = Cause.pathSilent

  @Test func aDeathInTimeForTheRightCauseIsRight() {
    let judgement = Stories.judge(Stories.trial(), Stories.death(.pathSilent, at: .seconds(3)))
    #expect(judgement == .right)
    #expect(!judgement.isWrong)
  }

  @Test func aDeathAfterThePromiseIsLate() throws {
    let trial = Stories.trial()
    let promised = try #require(Promise(of: trial).dead)
    let late = promised + .milliseconds(300)
    let judgement = Stories.judge(trial, Stories.death(.pathSilent, at: late))
    #expect(judgement == .late(.milliseconds(300)))
    #expect(judgement.isWrong)
    #expect(Stories.judge(trial, Stories.death(.pathSilent, at: promised)) == .right)
  }

  @Test func aSuspicionAfterThePromiseIsLateToo() throws {
    let trial = Stories.trial(.fastPath, .silentDrop, .inFlight)
    let promised = try #require(Promise(of: trial).suspect)
    func judge(_ suspicion: Duration) -> Judgement {
      Stories.judge(
        trial,
        [Stories.suspect(.pathSilent, at: suspicion), Stories.dead(.pathSilent, at: .milliseconds(3000))])
    }
    #expect(judge(promised) == .right)
    #expect(judge(promised + .milliseconds(1)) == .suspectedLate(.milliseconds(1)))
    #expect(judge(promised + .milliseconds(1)).isWrong)
  }

  /// A policy that convicts nobody is right when it suspects, and wrong when it does not.
  @Test func whoOnlySuspectsIsJudgedByThat() {
    let policy = Policy("suspecting") {
      DetectorUse.icmp()
      DetectorUse.link()
    } suspect: {
      "icmp"
    } dead: {
      "link"
    }
    let trial = Stories.trial(policy, .icmpHostUnreachable, .inFlight)
    #expect(Stories.judge(trial, [Stories.suspect(.hostUnreachable, at: .milliseconds(100))]) == .right)
    #expect(
      Stories.judge(trial, [Stories.suspect(.linkDown, at: .milliseconds(100))]) == .wrongCause(.linkDown))
    #expect(Stories.judge(trial, []) == .missed)
    #expect(Stories.judge(Stories.trial(policy, .silentDrop, .inFlight), []).name == "blind")
  }

  @Test func longerPathsTakeLonger() throws {
    var trial = Stories.trial()
    let promised = try #require(Promise(of: trial).dead)
    let late = Stories.death(.pathSilent, at: promised + .milliseconds(1))
    #expect(Stories.judge(trial, late) == .late(.milliseconds(1)))
    trial.conditions.roundTrip = .milliseconds(40)
    #expect(Stories.judge(trial, late) == .right)
  }

  @Test func theTimeTheFaultTookIsNoLateness() {
    let trial = Stories.trial(.fastPath, .reset)
    var result = Stories.result([Stories.dead(.peerReset, at: .milliseconds(70), by: "epoll")])
    #expect(TrialRecord(trial, promise: Stories.promise(of: trial), result: result).judgement.isWrong)
    result.doubt = .milliseconds(50)
    #expect(TrialRecord(trial, promise: Stories.promise(of: trial), result: result).judgement == .right)
  }

  @Test func anotherCauseIsWrong() {
    #expect(
      Stories.judge(Stories.trial(), Stories.death(.peerReset, at: .seconds(1))) == .wrongCause(.peerReset))
  }

  @Test func noDeathIsMissed() {
    #expect(Stories.judge(Stories.trial(), []) == .missed)
    #expect(Stories.judge(Stories.trial(), [Stories.suspect(.pathSilent, at: .seconds(1))]) == .missed)
  }

  @Test func whoCannotSeeItIsBlind() {
    #expect(
      Stories.judge(Stories.trial(.kernelOnly, .processFrozen, .inFlight), []) == .blind(needs: ["heartbeat"])
    )
    // A heartbeat that is not spoken sees nothing.
    #expect(
      Stories.judge(Stories.trial(.fastPath, .processFrozen, .idle), []) == .blind(needs: ["heartbeat"]))
    #expect(Stories.judge(Stories.trial(.fastPath, .processFrozen, .heartbeat), []) == .missed)
    #expect(Stories.judge(Stories.trial(.keepaliveOnly, .gracefulClose), []).name == "blind")
    // Its tcp-info sees a closed window, and may only convict.
    #expect(Stories.judge(Stories.trial(.icmpOnly, .zeroWindow, .inFlight), []).name == "blind")
    #expect(Stories.judge(Stories.trial(.tcpInfoOnly, .zeroWindow, .inFlight), []) == .missed)
  }

  @Test func whatWasPromisedForLaterIsNotWithinTheRun() {
    let judgement = Stories.judge(Stories.trial(FieldPolicies.go), [], length: .seconds(60))
    guard case .notWithinRun(let promised) = judgement else {
      Issue.record("\(judgement)")
      return
    }
    #expect(promised >= .seconds(150) && promised < .seconds(154))
    #expect(!judgement.isWrong)
  }

  @Test func silenceWhereAWitnessWouldKnowIsRightAndSaysSo() {
    let trial = Stories.trial(.keepaliveOnly, .localCable)
    #expect(Stories.judge(trial, Stories.death(.pathSilent, at: .seconds(2))) == .witnessMissing("link"))
    #expect(Stories.judge(trial, Stories.death(.linkDown, at: .seconds(2))) == .right)
    #expect(Stories.judge(trial, Stories.death(.peerReset, at: .seconds(2))) == .wrongCause(.peerReset))
  }

  @Test func whoHasTheWitnessMustKnow() {
    let trial = Stories.trial(.fastPath, .localCable, .heartbeat)
    #expect(Stories.judge(trial, Stories.death(.pathSilent, at: .seconds(2))) == .wrongCause(.pathSilent))
  }

  @Test func aLivePeerMustNotDieOfWhatIsPromisedToBeSurvived() {
    let death = Stories.death(.pathSilent, at: .seconds(20))
    #expect(Stories.judge(Stories.trial(.fastPath, .loss10), []) == .right)
    #expect(Stories.judge(Stories.trial(.fastPath, .loss10), death) == .convicted(.pathSilent))
    #expect(Stories.judge(Stories.trial(.fastPath, .loss30), death) == .convictedBeyondPromise(.pathSilent))
    // Who promises nothing must at least survive what is no trouble.
    #expect(Stories.judge(Stories.trial(.epollOnly, .monitorSuspended), death) == .convicted(.pathSilent))
    #expect(
      Stories.judge(Stories.trial(.fastPath, .loss10), [Stories.suspect(.pathSilent, at: .seconds(1))])
        == .right)
  }

  @Test func aDeathBeforeTheFaultConvictsALivePeer() {
    #expect(
      Stories.judge(Stories.trial(), Stories.death(.pathSilent, at: .seconds(-1))) == .convicted(.pathSilent)
    )
  }

  @Test func aZeroWindowIsSuspectAndNoDeath() {
    let trial = Stories.trial(.fastPath, .zeroWindow, .inFlight)
    #expect(Stories.judge(trial, [Stories.suspect(.stalled, at: .milliseconds(300))]) == .right)
    #expect(Stories.judge(trial, Stories.death(.timedOut, at: .seconds(1))) == .convicted(.timedOut))
    #expect(
      Stories.judge(trial, [Stories.suspect(.pathSilent, at: .milliseconds(300))]) == .wrongCause(.pathSilent)
    )
    #expect(Stories.judge(trial, []) == .missed)
  }

  /// A suspicion of a living peer must be for the cause that is true, where its trouble is promised to be survived.
  @Test func aLivingPeerIsSuspectedForTheTrueCause() {
    let trial = Stories.trial(.fastPath, .backPressure, .heartbeat)
    #expect(Stories.judge(trial, []) == .right)
    #expect(Stories.judge(trial, [Stories.suspect(.localBackpressure, at: .seconds(2))]) == .right)
    #expect(
      Stories.judge(trial, [Stories.suspect(.peerHung, at: .seconds(2))]) == .wrongCause(.peerHung))
    #expect(
      Stories.judge(trial, Stories.death(.localBackpressure, at: .seconds(2)))
        == .convicted(.localBackpressure))
    let other = Stories.trial(.heartbeatOnly, .backPressure, .heartbeat)
    #expect(Stories.judge(other, [Stories.suspect(.peerHung, at: .seconds(2))]) == .right)
  }

  @Test(arguments: [(Policy.lan, false), (.fastPath, true), (.patient, true), (.heartbeatOnly, false)])
  func aPauseIsSurvivedAsPromised(_ policy: Policy, _ isPromised: Bool) {
    let death = Stories.death(.peerHung, at: .seconds(3))
    let long = Stories.judge(Stories.trial(policy, .programPause4s, .heartbeat), death)
    #expect(long == (isPromised ? .convicted(.peerHung) : .convictedBeyondPromise(.peerHung)))
    let short = Stories.judge(Stories.trial(policy, .programPause400ms, .heartbeat), death)
    #expect(
      short == (policy == .heartbeatOnly ? .convictedBeyondPromise(.peerHung) : .convicted(.peerHung)))
  }

  /// Only the counters of the connection show that large packets are lost.
  @Test func lossOfLargePacketsHasAWitness() {
    let death = Stories.death(.pathSilent, at: .seconds(3))
    #expect(
      Stories.judge(Stories.trial(.fastPath, .largePacketsLostIn, .inFlight), death)
        == .wrongCause(.pathSilent))
    #expect(
      Stories.judge(
        Stories.trial(.fastPath, .largePacketsLostIn, .inFlight),
        Stories.death(.largePacketsLost, at: .seconds(3))) == .right)
    #expect(
      Stories.judge(Stories.trial(.heartbeatOnly, .largePacketsLostIn, .heartbeat), death)
        == .witnessMissing("tcp-info"))
  }

  @Test func aFaultIsTriedUnderItsOwnTrafficOnly() {
    let trials = TrialPlan.trials(
      [.fastPath], [.named(.busyStreamDrop), .named(.sendOnlyDrop)], Traffic.allCases)
    #expect(Set(trials.map { "\($0.scenario.name) \($0.traffic)" }).count == 2)
    #expect(
      trials.allSatisfy { $0.traffic == ($0.scenario.name == "send-only-drop" ? .inFlight : .heartbeat) })
  }

  @Test func aFinMayMeanHalfClosed() {
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    let event = TrialEvent(
      .verdict(.halfClosed, cause: .peerClosed, decidedBy: ["epoll"]), at: .milliseconds(1))
    #expect(Stories.judge(Stories.trial(policy, .halfClose), [event]) == .right)
  }

  @Test func everyNamedFaultHasItsExpectation() {
    #expect(Scenario.all.map(\.name) == Fault.all.map(\.name))
    for scenario in Scenario.all {
      for traffic in Traffic.allCases {
        switch scenario.expectation(traffic).demand {
        case .alive: #expect(!scenario.isFault, "\(scenario.name)")
        case .dead(let causes): #expect(scenario.isFault && !causes.isEmpty, "\(scenario.name)")
        case .suspect(let causes): #expect(scenario.isFault && !causes.isEmpty, "\(scenario.name)")
        }
      }
    }
  }

  /// The lab knows no expectation for a cause of one's own.
  @Test func aCauseOfOnesOwnIsNotWrong() {
    #expect(Stories.judge(Stories.trial(), Stories.death(Cause(rawValue: "ours"), at: .seconds(3))) == .right)
  }

  /// No verdict comes sooner than can be, on a path that was well.
  @Test func aVerdictBeforeTheEarliestIsWrong() throws {
    let trial = Stories.trial(.lan)
    let promise = Promise(of: trial)
    let earliest = try #require(promise.earliestDead)
    #expect(earliest > .milliseconds(500) && earliest < promise.dead ?? .zero)
    func judge(_ death: Duration, suspect: Duration, _ trial: Trial) -> Judgement {
      let events = [Stories.suspect(.pathSilent, at: suspect), Stories.dead(.pathSilent, at: death)]
      return TrialRecord(trial, promise: Promise(of: trial), result: Stories.result(events)).judgement
    }
    let suspect = try #require(promise.earliestSuspect)
    #expect(suspect > .zero)
    #expect(judge(earliest, suspect: suspect, trial) == .right)
    let early = judge(earliest - .milliseconds(2), suspect: suspect, trial)
    #expect(early == .early(.milliseconds(2)))
    #expect(early.isWrong)
    #expect(judge(earliest, suspect: suspect - .milliseconds(1), trial) == .early(.milliseconds(1)))
    // On a path that loses packets the trouble may be older than the fault.
    var lossy = trial
    lossy.conditions.loss = 0.01
    #expect(!judge(earliest - .milliseconds(2), suspect: suspect, lossy).isWrong)
  }
}
