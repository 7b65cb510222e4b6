import Flatline

/// Dead when the peer has sent nothing for a set time. It makes no promise.
struct TaciturnDetector: Detector {
  static let name: DetectorName = "taciturn"
  static let settings: [SettingDescription] = [
    .duration("after", .seconds(30), in: .milliseconds(20) ... .seconds(3600), "Silence that is a death.")
  ]
  private let after: Duration

  init(settings: DetectorSettings) throws(PolicyError) {
    after = try settings.duration("after")
  }

  var needs: Needs { .every(after / 10) }

  func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
    guard let silence = look.tcpInfo?.sinceDataReceived, silence >= after else { return .unchanged }
    return Opinion(Evidence(.dead, layer: .process, cause: Cause(rawValue: "taciturn"), at: look.now))
  }
}
