import Flatline
import FlatlineExperiments
import FlatlineLab
import Testing

/// What is right, and what is wrong in which way.
struct JudgementTests {
  private let pathSilent = Cause.pathSilent

  @Test func aDeathInTimeForTheRightCauseIsRight() {
    let judgement = Stories.judge(Stories.trial(), [Stories.dead(.pathSilent, at: .seconds(3))])
    #expect(judgement == .right)
    #expect(!judgement.isWrong)
  }

  @Test func aDeathAfterThePromiseIsLate() {
    let judgement = Stories.judge(Stories.trial(), [Stories.dead(.pathSilent, at: .milliseconds(4300))])
    #expect(judgement == .late(.milliseconds(300)))
    #expect(judgement.isWrong)
  }

  @Test func longerPathsHaveTenRoundTripsMore() {
    var trial = Stories.trial()
    trial.conditions.roundTrip = .milliseconds(40)
    #expect(Stories.judge(trial, [Stories.dead(.pathSilent, at: .milliseconds(4300))]) == .right)
    #expect(
      Stories.judge(trial, [Stories.dead(.pathSilent, at: .milliseconds(4500))]) == .late(.milliseconds(100)))
  }

  @Test func theTimeTheFaultTookIsNoLateness() {
    let trial = Stories.trial(.fastPath, .reset)
    var result = Stories.result([Stories.dead(.peerReset, at: .milliseconds(130), by: "epoll")])
    #expect(TrialRecord(trial, promise: Promise(of: .fastPath), result: result).judgement.isWrong)
    result.doubt = .milliseconds(50)
    #expect(TrialRecord(trial, promise: Promise(of: .fastPath), result: result).judgement == .right)
  }

  @Test func anotherCauseIsWrong() {
    #expect(
      Stories.judge(Stories.trial(), [Stories.dead(.peerReset, at: .seconds(1))]) == .wrongCause(.peerReset))
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
  }

  @Test func whatWasPromisedForLaterIsNotWithinTheRun() {
    let judgement = Stories.judge(Stories.trial(FieldPolicies.go), [], length: .seconds(60))
    #expect(judgement == .notWithinRun(promised: .seconds(150)))
    #expect(!judgement.isWrong)
  }

  @Test func silenceWhereAWitnessWouldKnowIsRightAndSaysSo() {
    let trial = Stories.trial(.fastPath, .localCable)
    #expect(Stories.judge(trial, [Stories.dead(.pathSilent, at: .seconds(3))]) == .witnessMissing("link"))
    #expect(Stories.judge(trial, [Stories.dead(.linkDown, at: .seconds(3))]) == .right)
    #expect(Stories.judge(trial, [Stories.dead(.peerReset, at: .seconds(3))]) == .wrongCause(.peerReset))
  }

  @Test func whoHasTheWitnessMustKnow() {
    var policy = Policy.fastPath
    policy.name = "with-link"
    policy.detectors.append(DetectorUse("link"))
    let trial = Stories.trial(policy, .localCable, .heartbeat)
    #expect(Stories.judge(trial, [Stories.dead(.pathSilent, at: .seconds(2))]) == .wrongCause(.pathSilent))
  }

  @Test func aLivePeerMustNotDieOfWhatIsPromisedToBeSurvived() {
    let death = [Stories.dead(.pathSilent, at: .seconds(20))]
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
      Stories.judge(Stories.trial(), [Stories.dead(.pathSilent, at: .seconds(-1))]) == .convicted(.pathSilent)
    )
  }

  @Test func aZeroWindowIsSuspectAndNoDeath() {
    let trial = Stories.trial(.fastPath, .zeroWindow, .inFlight)
    #expect(Stories.judge(trial, [Stories.suspect(.stalled, at: .seconds(1))]) == .right)
    #expect(Stories.judge(trial, [Stories.dead(.timedOut, at: .seconds(1))]) == .convicted(.timedOut))
    #expect(Stories.judge(trial, [Stories.suspect(.pathSilent, at: .seconds(1))]) == .wrongCause(.pathSilent))
    #expect(Stories.judge(trial, []) == .missed)
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
}
