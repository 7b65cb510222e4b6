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

  public var interest: Interest { .every(after / 10) }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout NoState
  ) -> Evidence? {
    guard let info = try? socket.tcpInfo() else { return nil }
    let silence = info.sinceDataReceived
    guard silence >= after / 2 else { return .alive(.process, at: signal.now) }
    return Evidence(
      silence >= after ? .dead : .suspicious, layer: .process, cause: Cause(rawValue: "quiet"),
      at: signal.now, notes: [.duration("silence", silence)])
  }
}
