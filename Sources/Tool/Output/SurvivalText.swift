import Flatline
import FlatlineExperiments

/// The trouble that a named policy survives, as the lab and the tests judge it.
enum SurvivalText {
  /// `nil` for a policy about which nothing is documented.
  static func lines(of policy: Policy) -> [String]? {
    guard let survives = DocumentedPromise(of: policy)?.survives else { return nil }
    var rows = [
      (
        "packet loss",
        "\(Int((survives.loss * 100).rounded()))%, \(survives.isOneWay ? "one way" : "both ways")"
      ),
      (
        "stalls of the path",
        "\(DurationText.text(survives.stall)), \(DurationText.text(survives.stallPeriod)) apart at least"
      ),
      ("pauses of the peer's program", pause(survives, policy)),
    ]
    rows += Endurance.Hindrance.allCases.filter(survives.hindrances.contains).map {
      (phrase($0), "of any length")
    }
    let width = rows.map(\.0.count).max() ?? 0
    return ["Survived by a living peer, tried for a minute:"]
      + rows.map { "  \($0.0.padded(to: width))  \($0.1)" }
  }

  private static func pause(_ survives: Endurance, _ policy: Policy) -> String {
    policy.detectors.contains { $0.method == HeartbeatDetector.name }
      ? DurationText.text(survives.programPause) : "of any length: only a heartbeat asks it"
  }

  private static func phrase(_ hindrance: Endurance.Hindrance) -> String {
    switch hindrance {
    case .backPressure: "our own program does not read"
    case .acceptQueue: "the server has not accepted yet"
    case .busyStream: "no ping can be sent"
    }
  }
}

extension ExplanationJSON {
  /// `null` for a policy about which nothing is documented.
  static func survives(_ policy: Policy) -> JSON {
    guard let survives = DocumentedPromise(of: policy)?.survives else { return .null }
    return .object([
      "loss": .number(survives.loss), "loss_one_way": .bool(survives.isOneWay),
      "stall_ms": .milliseconds(survives.stall), "stall_period_ms": .milliseconds(survives.stallPeriod),
      "program_pause_ms": .milliseconds(survives.programPause),
      "hindrances": .list(
        Endurance.Hindrance.allCases.filter(survives.hindrances.contains).map { .text($0.rawValue) }),
    ])
  }
}
