import Flatline
import FlatlineLab

extension FieldCase {
  /// What people use today, when the network goes silent: each default with its own traffic, and with data in flight.
  public static let defaults: [FieldCase] = FieldPolicies.all.flatMap { policy in
    let speaks = policy.uses(HeartbeatDetector.name)
    return [speaks ? Traffic.heartbeat : .idle, .inFlight].map { traffic in
      FieldCase(
        "\(policy.name), \(traffic.summary)", source: "the policy's documentation", published: policy.summary,
        trial: Trial(policy: policy, scenario: .fieldSilence, traffic: traffic))
    }
  }
}

extension Scenario {
  /// Silence, found for whatever cause.
  static let fieldSilence = Scenario(.silentDrop)
}
