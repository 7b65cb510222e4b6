import Flatline
import FlatlineTestKit
import Quiet
import Testing

struct CustomDetectorTests {
  @Test func theCustomDetectorDecides() async throws {
    let changes = try await Scene.play(QuietPolicy.load())
    #expect(changes.map(\.verdict) == [.suspect, .dead(Cause(rawValue: "quiet"))])
    #expect(changes.allSatisfy { $0.decidedBy.map(\.detector) == ["quiet"] })
  }

  @Test func withoutItThePolicyIsRefused() throws {
    let error = try #require(throws: PolicyError.self) { try QuietPolicy.load(registry: .builtIn) }
    #expect(error.found == "unknown detector \"quiet\"")
  }

  @Test func withoutItNobodyNotices() async throws {
    let changes = try await Scene.play(.epollOnly, limit: .seconds(1))
    #expect(changes.isEmpty)
  }

  @Test func itsSettingsAreChecked() throws {
    #expect(throws: PolicyError.self) {
      try Policy(
        name: "p", detectors: [DetectorUse("quiet", ["after": .text("1ms")])], suspect: "quiet", dead: "quiet"
      ).validate(with: QuietPolicy.registry)
    }
  }

  @Test(arguments: ConformanceRule.allCases)
  func conforms(rule: ConformanceRule) throws {
    try DetectorConformance(QuietDetector.self).check(rule)
  }
}
