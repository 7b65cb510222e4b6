import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Testing

/// Faults and troubles that people meet, under the fast named policies: each is told as it is explained, and each trouble is
/// survived.
@Suite(.onOwnThread)
struct FieldFaultTests {
  private static let policies: [Policy] = [.lan, .fastPath, .kernelOnly]

  private func run(_ faults: [Fault], _ policies: [Policy] = policies) throws {
    try run(faults.map { Scenario.named($0) }, policies)
  }

  private func run(_ scenarios: [Scenario], _ policies: [Policy]) throws {
    let trials = TrialPlan.trials(policies, scenarios, Traffic.allCases)
    let outcome = try #require(Experiment(trials, seed: 1, parallelism: 4, life: .seconds(20)).run())
    #expect(outcome.records.count == trials.count)
    for record in outcome.records {
      let trial = record.trial
      let story = "\(trial.policy.name), \(trial.scenario.name), \(trial.traffic): \(record.result.events)"
      #expect(!record.judgement.isWrong, "\(record.judgement): \(story)")
      // No death of a lost connection is taken back. A policy may promise less than a trouble asks.
      if trial.scenario.isFault { #expect(record.result.contradictions == 0, "\(story)") }
    }
  }

  @Test(arguments: [Fault.largePacketsLostOut, .largePacketsLostIn])
  func lossOfLargePackets(_ fault: Fault) throws { try run([fault]) }

  @Test func receiveOnly() throws { try run([.receiveOnlyDrop]) }

  @Test func sendOnly() throws { try run([.sendOnlyDrop]) }

  @Test func halfClosedByTheClient() throws { try run([.halfClosedDrop]) }

  /// Under policies that let a half-closed connection live, its silence is found as any other.
  @Test func halfClosedByTheServer() throws {
    let policies = Self.policies.map { policy in
      var policy = policy
      policy.name = "half-closed-" + policy.name
      policy.halfClose = .halfClosed
      return policy
    }
    let scenario = Scenario(
      .halfClosedDrop(by: .server), like: .silentDrop, .dead(.pathSilent, .timedOut))
    let trials = TrialPlan.trials(policies, [scenario], [.idle, .inFlight])
    let outcome = try #require(Experiment(trials, seed: 1, parallelism: 4).run())
    for record in outcome.records {
      let story = "\(record.trial.policy.name), \(record.trial.traffic): \(record.result.events)"
      let death = try #require(record.result.convictions.first, "\(story)")
      #expect(death.cause == .pathSilent, "\(story)")
      let promised = try #require(record.promise.dead, "\(story)")
      #expect(death.offset - death.asleep - record.result.doubt <= promised, "\(story)")
    }
  }

  @Test func busyStreamThenSilence() throws { try run([.busyStreamDrop]) }

  @Test(arguments: [
    Fault.programPause400ms, .programPause4s, .backPressure, .acceptQueueFull, .busyStream,
  ])
  func trouble(_ fault: Fault) throws { try run([fault]) }
}
