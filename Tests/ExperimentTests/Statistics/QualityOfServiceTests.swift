import Flatline
import FlatlineExperiments
import FlatlineLab
import Testing

/// Chen's measures, computed by hand beside.
struct QualityOfServiceTests {
  private func record(_ fault: Fault, _ events: [TrialEvent], length: Duration = .seconds(58)) -> TrialRecord
  {
    let trial = Stories.trial(.fastPath, fault, .inFlight)
    return TrialRecord(
      trial, promise: Promise(of: trial),
      result: TrialResult(quiet: .seconds(2), length: length, events: events))
  }

  @Test func aMistakeLastsUntilItIsTakenBack() {
    let quality = QualityOfService(
      [
        record(
          .loss10,
          [
            Stories.suspect(.pathSilent, at: .seconds(1)), Stories.alive(at: .seconds(3)),
            Stories.suspect(.pathSilent, at: .seconds(10)), Stories.dead(.pathSilent, at: .seconds(12)),
            Stories.mistake(.pathSilent, at: .seconds(14)),
          ])
      ], .suspicion)
    #expect(quality.mistakes == 2)
    #expect(quality.exposure == 60)
    #expect(quality.mistakeDuration.estimate == 3)
    #expect(quality.mistakeRate.estimate == 2.0 / 60)
    #expect(quality.accuracy.estimate == 0.9)
    #expect(quality.crashes == 0)
  }

  @Test func onlyConvictionsAreMistakesOfConviction() {
    let quality = QualityOfService(
      [
        record(
          .loss10,
          [Stories.suspect(.pathSilent, at: .seconds(1)), Stories.dead(.pathSilent, at: .seconds(28))])
      ],
      .conviction)
    #expect(quality.mistakes == 1)
    // It stands at the end of what was watched.
    #expect(quality.mistakeDuration.estimate == 30)
  }

  @Test func detectionTimeIsOfCrashesOnly() {
    let quality = QualityOfService(
      [
        record(
          .silentDrop,
          [Stories.suspect(.pathSilent, at: .milliseconds(300)), Stories.dead(.pathSilent, at: .seconds(3))]),
        record(.silentDrop, [Stories.dead(.pathSilent, at: .seconds(5))]),
        record(.silentDrop, []),
        record(.reset, [Stories.dead(.peerReset, at: .milliseconds(1))]),
      ], .conviction)
    #expect(quality.crashes == 3)
    #expect(quality.detected == 2)
    #expect(quality.detectionTime.estimate == 4)
    #expect(quality.worstDetectionTime == 5)
    // Until the fault the peer lived.
    #expect(quality.exposure == 8)
    #expect(quality.mistakes == 0)
  }

  @Test func aDoubtThatStoodBeforeTheFaultIsAMistakeAndNoDelay() {
    let doubted = record(
      .silentDrop,
      [Stories.suspect(.pathSilent, at: .milliseconds(-500)), Stories.dead(.pathSilent, at: .seconds(3))])
    #expect(doubted.result.suspectAfter == .zero)
    let quality = QualityOfService([doubted], .suspicion)
    #expect(quality.mistakes == 1)
    #expect(quality.mistakeDuration.estimate == 0.5)
    #expect(quality.detectionTime.estimate == 0)
  }

  @Test func theTableLeavesOutWhatNobodyPromised() {
    let records = [
      record(.loss10, []), record(.loss30, [Stories.dead(.pathSilent, at: .seconds(5))]),
      record(.silentDrop, Stories.death(.pathSilent, at: .seconds(3))),
    ]
    let rows = QualityTable(records).rows
    #expect(rows.count == 1)
    #expect(rows.first?.conviction.mistakes == 0)
    #expect(rows.first?.kept.estimate == 1)
  }
}
