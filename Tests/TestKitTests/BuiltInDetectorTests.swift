import Flatline
import FlatlineTestKit
import Testing

/// Every detector that comes with Flatline keeps to every rule, with each of its ways of working.
@Suite struct BuiltInDetectorTests {
  private typealias Settings = [String: SettingValue]

  /// What a detector is tried with beside its defaults.
  private static let ways: [DetectorName: [Settings]] = [
    "epoll": [["readable": .flag(true)]],
    "tcp-info": [pace],
    "socket-diag": [pace],
    "keepalive": [["accelerated": .flag(false)], ["idle": .duration(.seconds(5))]],
    "heartbeat": ["chen", "phi-normal", "phi-exponential"].map { ["estimator": .text($0)] },
    "user-timeout": [["sparesStalled": .flag(false)], ["timeout": .duration(.milliseconds(500))]],
    "activity": [["convicts": .flag(true)], ["estimator": .text("phi-exponential")]],
    "link": [["grace": .duration(.zero)]],
    "progress": [["stallLimit": .duration(.seconds(5))]],
  ]
  private static let pace: Settings = [
    "thinLinear": .flag(true), "retransmitCap": .duration(.seconds(1)),
  ]

  @Test(arguments: DetectorRegistry.builtIn.names, ConformanceRule.allCases)
  func conforms(name: DetectorName, rule: ConformanceRule) throws {
    let registered = try #require(DetectorRegistry.builtIn[name])
    for settings in [[:]] + (Self.ways[name] ?? []) {
      let detector = try registered.makeDetector(settings)
      try check(detector, settings, rule)
    }
  }

  private func check<Method: Detector>(
    _ detector: Method, _ settings: Settings, _ rule: ConformanceRule
  ) throws {
    try DetectorConformance(Method.self, settings: settings).check(rule)
  }

  /// Otherwise half of the rules would say nothing of it.
  @Test(arguments: DetectorRegistry.builtIn.names)
  func accusesInAWorldOfTheKit(name: DetectorName) throws {
    let detector = try #require(DetectorRegistry.builtIn[name])
    let verdicts = try ([[:]] + (Self.ways[name] ?? [])).map {
      try detector.verdict(of: .concludesOnlyEnds, settings: $0)
    }
    #expect(verdicts.contains(.kept), "\(verdicts)")
  }
}
