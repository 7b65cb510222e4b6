import FlatlineCore
import FlatlineTestKit
import Testing

/// All that the author of a detector without settings and without a state writes.
private struct SilenceDetector: SettinglessDetector {
  static let name: DetectorName = "silence"
  var needs: Needs { .every(.milliseconds(100)) }

  func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
    guard let silence = look.tcpInfo?.sinceDataReceived, silence >= .seconds(2) else { return .unchanged }
    return Opinion(Evidence(.dead, layer: .process, at: look.now, lifetime: .seconds(1)))
  }
}

/// A name, needs and `examine` make a detector.
struct SettinglessDetectorTests {
  @Test func itFindsWhatItLooksFor() throws {
    let run = try DetectorRun(SilenceDetector.self)
    let said = run.play(.silentIdle(from: .seconds(1)), for: .seconds(10))
    let first = try #require(said.first)
    #expect(first.leaning == .dead)
    #expect(first.time - run.start >= .seconds(3))
  }

  @Test func itConforms() throws {
    try DetectorConformance(SilenceDetector.self).check()
  }

  @Test func aPolicyGivesItNoSetting() throws {
    let registry = DetectorRegistry([SilenceDetector.self])
    func policy(_ settings: [String: SettingValue]) -> Policy {
      Policy(
        name: "silence", detectors: [DetectorUse("silence", settings)], suspect: "silence", dead: "silence")
    }
    try policy([:]).validate(with: registry)
    let error = #expect(throws: PolicyError.self) {
      try policy(["after": .duration(.seconds(1))]).validate(with: registry)
    }
    #expect(error?.place == "detectors.silence")
  }
}
