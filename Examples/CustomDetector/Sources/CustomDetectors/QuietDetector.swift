import Flatline

/// Dead when the peer has sent nothing for a set time; suspicious at half of it.
public struct QuietDetector: Detector {
  public static let name: DetectorName = "quiet"
  public static let settings: [SettingDescription] = [
    .duration("after", .seconds(30), in: .milliseconds(20) ... .seconds(3600), "Silence that is a death.")
  ]
  private let after: Duration

  public init(settings: DetectorSettings) throws(PolicyError) {
    after = try settings.duration("after")
  }

  public var needs: Needs { .every(after / 10) }

  public func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
    guard let silence = look.tcpInfo?.sinceDataReceived, silence >= after / 2 else { return .unchanged }
    // It stands for two looks, and so is taken back when the peer speaks again.
    return Opinion(
      Evidence(
        silence >= after ? .dead : .suspicious, layer: .process, cause: Cause(rawValue: "quiet"),
        at: look.now, lifetime: after / 5, notes: [.duration("silence", silence)]))
  }
}
