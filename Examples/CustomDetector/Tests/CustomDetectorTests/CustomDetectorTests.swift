import CustomDetectors
import Flatline
import FlatlineTestKit
import Testing

/// The quiet detector, and what is true of every detector of one's own.
struct CustomDetectorTests {
  @Test func theCustomDetectorDecides() async throws {
    let changes = try await Scene.quietPeer(OurPolicies.load("quiet"))
    #expect(changes.map(\.verdict) == [.suspect, .dead(Cause(rawValue: "quiet"))])
    #expect(changes.allSatisfy { $0.decidedBy.map(\.detector) == ["quiet"] })
  }

  @Test(arguments: ["quiet", "redis-ping", "not-sent", "maintenance"])
  func withoutItThePolicyIsRefused(_ name: String) throws {
    let error = try #require(throws: PolicyError.self) { try OurPolicies.load(name, registry: .builtIn) }
    #expect(error.found == "unknown detector \"\(name)\"")
  }

  @Test func withoutItNobodyNotices() async throws {
    let changes = try await Scene.quietPeer(.epollOnly, limit: .seconds(1))
    #expect(changes.isEmpty)
  }

  @Test(arguments: ["quiet", "redis-ping", "not-sent"])
  func itsSettingsAreChecked(_ name: String) throws {
    let detector = DetectorName(rawValue: name)
    #expect(throws: PolicyError.self) {
      try Policy(
        name: "p", detectors: [DetectorUse(detector, ["after": .text("1ms")])], suspect: .detector(detector),
        dead: .detector(detector)
      ).validate(with: OurPolicies.registry)
    }
  }

  @Test(arguments: ConformanceRule.allCases)
  func theyConform(rule: ConformanceRule) throws {
    try DetectorConformance(QuietDetector.self).check(rule)
    try DetectorConformance(NotSentDetector.self).check(rule)
    try DetectorConformance(RedisPingDetector.self).check(rule)
    try DetectorConformance(MaintenanceDetector.self).check(rule)
  }
}
