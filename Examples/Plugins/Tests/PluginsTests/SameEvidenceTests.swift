import Flatline
import FlatlinePlugins
import FlatlineTestKit
import Retransmitting
import Testing

/// The detector in each language: the same settings, and the same evidence in the same worlds.
struct SameEvidenceTests {
  /// What a detector is tried with.
  private static let settings: [[String: SettingValue]] = [
    [:], ["suspectAfter": .integer(1), "deadAfter": .integer(3), "period": .duration(.milliseconds(20))],
  ]

  @Test(arguments: BuiltPlugin.allCases)
  func hasTheSameSettings(_ plugin: BuiltPlugin) throws {
    #expect(try plugin.detector().settings == RetransmittingDetector.settings)
  }

  @Test(arguments: BuiltPlugin.allCases)
  func givesTheSameEvidence(_ plugin: BuiltPlugin) throws {
    let loaded = try plugin.detector()
    for settings in Self.settings {
      let expected = try RegisteredDetector(RetransmittingDetector.self).makeDetector(settings)
      let detector = try loaded.makeDetector(settings)
      for world in Worlds.all {
        let said = try Worlds.play(world, detector)
        #expect(try said == Worlds.play(world, expected), "\(world.name)")
        #expect(said.isEmpty == (world.name == ScriptedWorld.healthy.name), "\(world.name)")
      }
    }
  }

  /// Python gets the same looks, and its opinions are compared.
  @Test func pythonGivesTheSameEvidence() throws {
    for world in Worlds.all {
      let (looks, expected) = try Worlds.record(world, RetransmittingDetector.self)
      #expect(try Python.opinions(on: looks) == expected, "\(world.name)")
    }
  }

  @Test(arguments: BuiltPlugin.allCases, ConformanceRule.allCases)
  func conforms(_ plugin: BuiltPlugin, _ rule: ConformanceRule) throws {
    try Self.check(plugin.detector().makeDetector(), rule)
  }

  @Test(arguments: ConformanceRule.allCases)
  func theOneInSwiftConforms(_ rule: ConformanceRule) throws {
    try DetectorConformance(RetransmittingDetector.self).check(rule)
  }

  private static func check<Method: Detector>(_ detector: Method, _ rule: ConformanceRule) throws {
    try DetectorConformance(making: { detector }).check(rule)
  }
}
