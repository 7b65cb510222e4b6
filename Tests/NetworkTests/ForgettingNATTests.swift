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
  func anIdleConnectionIsFoundWithinThePromise(_ forgetting: AfterForgetting) throws {
    let cause = forgetting == .drop ? Cause.pathSilent : .peerRestarted
    let scenario = Scenario(
      .natForgets(forgetting), like: forgetting == .drop ? .silentDrop : .natForgets, .dead(cause))
    let trials = TrialPlan.trials([.kernelOnly, .mobile], [scenario], [.idle])
    #expect(trials.count == 10)
    let outcome = try #require(Experiment(trials, seed: 1, parallelism: 2).run())
    for record in outcome.records {
      let policy = record.trial.policy
      let story = "\(policy.name): \(record.result)"
      let end = try #require(record.result.end(of: policy), "\(story)")
      #expect(end.cause == cause, "\(story)")
      // A NAT that answers is found by the first probe.
      let bound = forgetting == .drop ? DocumentedPromise(of: policy)?.deadIdle : record.promise.dead
      let promised = try #require(bound)
      #expect(end.offset - end.asleep - record.result.doubt <= promised, "\(story)")
    }
  }
}
