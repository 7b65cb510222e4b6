import Flatline
import FlatlineLab

extension FieldCase {
  /// Today's common defaults in a silent network: each with its own traffic, and with data in flight.
  public static let defaults: [FieldCase] = FieldPolicies.all.flatMap { policy in
    let speaks = policy.uses(HeartbeatDetector.name)
    return [speaks ? Traffic.heartbeat : .idle, .inFlight].map { traffic in
      FieldCase(
        "\(policy.name), \(traffic.rawValue)", source: "the policy's documentation",
        published: policy.summary,
        trial: Trial(policy: policy, scenario: .fieldSilence, traffic: traffic))
    }
  }
}

extension Scenario {
  /// Silence, found under any cause.
  static let fieldSilence = Scenario(.silentDrop)
}
