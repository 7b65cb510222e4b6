import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Testing

/// A NAT or firewall that forgets an idle connection, which nothing but keepalive can find.
@Suite(.onOwnThread)
struct ForgettingNATTests {
  /// Whatever becomes of the packets that the NAT no longer knows: sent on from another port, which the server resets,
  /// answered with a RST, or dropped.
  @Test(arguments: AfterForgetting.allCases)
  func anIdleConnectionIsFoundWithinThePromise(_ outcome: AfterForgetting) async throws {
    let cause = outcome == .drop ? Cause.pathSilent : .peerRestarted
    let scenario = Scenario(
      .natForgets(outcome), like: outcome == .drop ? .silentDrop : .natForgets, .dead(cause))
    let trials = TrialPlan.trials([.kernelOnly, .mobile], [scenario], [.idle])
    #expect(trials.count == 10)
    for record in try await LabTrials.run(trials) {
      let policy = record.trial.policy
      let story = "\(policy.name): \(record.result)"
      let end = try #require(record.result.end(of: policy), "\(story)")
      #expect(end.cause == cause, "\(story)")
      // A NAT that answers is found by the first probe.
      let bound = outcome == .drop ? DocumentedPromise(of: policy)?.deadIdle : record.promise.dead
      let promised = try #require(bound)
      #expect(end.offset - end.asleep - record.result.doubt <= promised, "\(story)")
    }
  }
}
