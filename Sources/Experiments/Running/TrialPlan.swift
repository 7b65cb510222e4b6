public import Flatline

/// The choice of trials.
public enum TrialPlan {
  /// Every policy in every scenario under every kind of traffic that applies to it.
  ///
  /// A heartbeat is sent only where the policy has one. A policy of heartbeats alone has no trials with traffic without
  /// a heartbeat.
  ///
  /// - Parameters:
  ///   - policies: in the order of the columns.
  ///   - scenarios: in the order of the rows.
  ///   - traffic: the kinds wanted.
  ///   - conditions: of the path.
  ///   - repetitions: how many of each, at least one.
  public static func trials(
    _ policies: [Policy], _ scenarios: [Scenario], _ traffic: [Traffic],
    _ conditions: Conditions = Conditions(),
    repetitions: Int = 1
  ) -> [Trial] {
    var trials: [Trial] = []
    for scenario in scenarios {
      for kind in traffic where scenario.traffic.contains(kind) {
        for policy in policies where makesSense(policy, kind) && isTried(scenario, policy) {
          for repetition in 0..<max(1, repetitions) {
            for phase in 0..<scenario.phases(of: policy) {
              trials.append(
                Trial(
                  policy: policy, scenario: scenario, traffic: kind, conditions: conditions,
                  repetition: repetition, phase: phase))
            }
          }
        }
      }
    }
    return trials
  }

  private static func isTried(_ scenario: Scenario, _ policy: Policy) -> Bool {
    !scenario.isBrief || Scenario.briefPolicies.contains(policy.name)
  }

  private static func makesSense(_ policy: Policy, _ traffic: Traffic) -> Bool {
    let hasHeartbeat = policy.uses(HeartbeatDetector.name)
    return traffic == .heartbeat ? hasHeartbeat : !hasHeartbeat || policy.detectors.count > 1
  }
}
