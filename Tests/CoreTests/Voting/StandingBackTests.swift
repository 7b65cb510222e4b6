import Flatline
import FlatlineTestKit
import Testing

@testable import FlatlineCore

/// A heartbeat that abstains because the stream cannot be asked leaves the decision to keepalive, in every named policy.
struct StandingBackTests {
  static let policies = NamedPolicies.all.filter { policy in
    policy.detectors.contains { $0.method == HeartbeatDetector.name }
      && policy.detectors.contains { $0.method == KeepaliveDetector.name }
  }

  @Test func thereAreSuchPolicies() {
    #expect(Set(Self.policies.map(\.name)) == ["lan", "fast-path", "wan", "mobile", "patient"])
  }

  @Test(arguments: policies)
  func keepaliveTakesOver(_ policy: Policy) {
    func verdict(_ heartbeat: Leaning?) -> Decision.Kind {
      var ballots: [DetectorName: Evidence] = [
        "keepalive": .test(.dead), "tcp-info": .test(.alive), "progress": .test(.abstaining),
      ]
      if let heartbeat { ballots["heartbeat"] = .test(heartbeat) }
      // What tcp-info says of an idle connection decides nothing.
      ballots["tcp-info"] = nil
      return VoteRun.verdict(policy, ballots)
    }
    #expect(verdict(.abstaining) == .dead)
    #expect(verdict(nil) == .dead)
    // While the heartbeat is answered, it decides.
    #expect(verdict(.alive) != .dead)
  }

  /// The engine, the detectors and the policy as they run: a stream that cannot be asked, and a peer that lives or dies.
  @Test(arguments: policies, [true, false])
  func inAMonitor(_ policy: Policy, _ lives: Bool) throws {
    let stage = try VirtualStage(.builtIn)
    let socket = try #require(stage.sockets.open[1])
    var log: [VerdictChange] = []
    let seen = Unchecked(Log())
    _ = try stage.monitor.watch(1, policy: policy, pinger: ScriptedPinger(.notNow)) { event in
      if case .verdict(let change) = event { seen.value.changes.append(change) }
    }
    for _ in 0..<2000 {
      stage.run(.milliseconds(100))
      // Keepalive's probes are answered, or not: after the idle time they count up.
      socket.info.sinceDataReceived += .milliseconds(100)
      if lives {
        socket.info.sinceAcknowledged = .milliseconds(100)
      } else {
        socket.info.sinceAcknowledged += .milliseconds(100)
        socket.info.probes = Int(socket.info.sinceAcknowledged.secondsValue) / 20
      }
    }
    log = seen.value.changes
    if lives {
      #expect(log.isEmpty, "\(log)")
    } else {
      #expect(log.last?.verdict == .dead(.pathSilent), "\(log)")
      #expect(log.last?.decidedBy.map(\.detector) == ["keepalive"])
    }
  }

  private final class Log {
    var changes: [VerdictChange] = []
  }
}
