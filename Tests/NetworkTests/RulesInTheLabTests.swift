import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Testing

/// Each rule that counts more than the dead ballots of a moment, on real connections: the verdict comes as `explain`
/// says, for a cause that is true.
@Suite(.onOwnThread)
struct RulesInTheLabTests {
  private static func policy(_ name: String, _ dead: Rule) -> Policy {
    Policy(
      name: name,
      detectors: [
        .epoll(),
        DetectorUse.tcpInfo(suspectAfter: .milliseconds(200), deadAfter: .seconds(1)).named("fast"),
        DetectorUse.tcpInfo(suspectAfter: .milliseconds(400), deadAfter: .seconds(3)).named("slow"),
        .heartbeat(interval: .milliseconds(200), misses: 3),
      ], suspect: .any(["fast", "slow", "heartbeat"]),
      dead: .any([.confirm("epoll", by: "slow", within: .milliseconds(50)), dead]))
  }

  private static let policies = [
    policy(
      "recent", .atLeast(2, of: ["fast", "slow", "heartbeat"].map { .recent($0, for: .milliseconds(500)) })),
    policy("majority", .majority(["fast", "slow", "heartbeat"])),
    policy("suspicious", .suspicious(.all(["fast", "slow"]))),
    policy("twice", .all(["fast", .suspicious("slow")])),
  ]

  @Test func everyFaultIsFoundAsExplained() throws {
    let scenarios = [Fault.silentDrop, .processFrozen, .gracefulClose].map { Scenario.named($0) }
    let trials = TrialPlan.trials(Self.policies, scenarios, [.inFlight, .heartbeat])
    let outcome = try #require(Experiment(trials, seed: 1, parallelism: 4).run())
    #expect(outcome.records.count == trials.count)
    var deaths: Set<String> = []
    for record in outcome.records {
      let trial = record.trial
      let story = "\(trial.policy.name), \(trial.scenario.name), \(trial.traffic): \(record.result)"
      #expect(!record.judgement.isWrong, "\(record.judgement.name): \(story)")
      guard trial.scenario.name == Fault.silentDrop.name, trial.traffic == .heartbeat else { continue }
      let end = try #require(record.result.end(of: trial.policy), "\(story)")
      #expect(end.cause == .pathSilent, "\(story)")
      let promised = try #require(record.promise.dead, "\(story)")
      #expect(end.offset - end.asleep - record.result.doubt <= promised, "\(story)")
      deaths.insert(trial.policy.name)
      print(
        "rule: \(trial.policy.name): dead after \(Int(end.offset.milliseconds)) ms, "
          + "explained as \(Int(promised.milliseconds))")
    }
    #expect(deaths == Set(Self.policies.map(\.name)))
  }

  /// The peer's program hangs, and its kernel acknowledges: one voice for a death and one for life are no majority.
  @Test func aTieIsNoDeath() async throws {
    func policy(_ name: String, _ dead: Rule) -> Policy {
      Policy(
        name: name,
        detectors: [.heartbeat(interval: .milliseconds(200), misses: 3), .progress(memory: .seconds(4))],
        suspect: "heartbeat", dead: dead)
    }
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try lab.makeMonitor()
    let alone = try WatchedConnection(in: lab, policy("alone", "heartbeat"), .heartbeat, on: monitor)
    defer { alone.close() }
    let majority = policy("majority", .majority(["heartbeat", "progress"]))
    let watched = try WatchedConnection(in: lab, majority, .heartbeat, on: monitor)
    defer { watched.close() }
    // Both have heard an answer.
    for each in [alone, watched] {
      #expect(each.log.wait { each.log.ballots.contains { $0.evidence.leaning == .alive } })
    }
    let strike = try lab.strike(.processFrozen, on: [alone.connection, watched.connection])
    let death = try await alone.log.death(by: strike.began + .seconds(8))
    #expect(death?.cause == .peerHung, "\(alone.log.story(since: strike.began))")
    // The same heartbeat accuses here too.
    let isAccused = watched.log.wait {
      watched.log.ballots.contains { $0.detector == "heartbeat" && $0.evidence.leaning == .dead }
    }
    let story = watched.log.story(since: strike.began)
    #expect(isAccused, "\(story)")
    #expect(watched.log.first(after: strike.began, where: \.isDead) == nil, "\(story)")
    #expect(watched.log.changes.contains { $0.verdict == .suspect }, "\(story)")
  }
}
