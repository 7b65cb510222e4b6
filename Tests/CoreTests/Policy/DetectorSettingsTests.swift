import FlatlineCore
import Testing

struct DetectorSettingsTests {
  private func settings(_ values: [String: SettingValue]) throws(PolicyError) -> DetectorSettings {
    try DetectorSettings(values, for: "d0", described: Puppet0.settings)
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    for settings in [try settings([:]), try DetectorSettings.standard(of: Puppet0.self)] {
      #expect(try settings.duration("wait") == .seconds(1))
      #expect(try settings.integer("count") == 3)
      #expect(try settings.number("level") == 0.5)
      #expect(try settings.flag("on") == false)
      #expect(try settings.text("mode") == "plain")
    }
  }

  @Test func whatIsGivenCounts() throws {
    let settings = try settings([
      "wait": .duration(.milliseconds(7)), "count": .integer(-5), "level": .number(-1), "on": .flag(true),
      "mode": .text("größer"),
    ])
    #expect(try settings.duration("wait") == .milliseconds(7))
    #expect(try settings.integer("count") == -5)
    #expect(try settings.number("level") == -1)
    #expect(try settings.flag("on"))
    #expect(try settings.text("mode") == "größer")
  }

  @Test(
    arguments: [
      ("wait", .text("1h1ns")), ("wait", .text("61m")), ("wait", .number(1)), ("wait", .flag(true)),
      ("count", .number(-6)), ("count", .number(16)), ("count", .number(1.5)), ("count", .text("3")),
      ("count", .number(.nan)), ("count", .number(.infinity)), ("level", .number(-1.000_001)),
      ("level", .number(.nan)), ("level", .number(1001)), ("on", .number(1)), ("on", .text("true")),
      ("mode", .text("Plain")), ("mode", .flag(false)),
    ] as [(String, SettingValue)])
  func whatIsOfAnotherKindOrOutOfRangeIsRefused(key: String, value: SettingValue) throws {
    let error = try #require(throws: PolicyError.self) { try settings([key: value]) }
    #expect(error.place == "detectors.d0.\(key)")
    #expect(error.found == value.description)
    #expect(error.allowed == Puppet0.settings.first { $0.key == key }?.allowed)
  }

  @Test func aDetectorCannotAskForWhatItDoesNotDescribe() throws {
    let settings = try settings([:])
    #expect(throws: PolicyError.self) { try settings.duration("other") }
    #expect(throws: PolicyError.self) { try settings.duration("count") }
    #expect(throws: PolicyError.self) { try settings.integer("level") }
    #expect(throws: PolicyError.self) { try settings.flag("wait") }
  }

  @Test func theBuiltInDefaultsAreInTheirOwnRanges() throws {
    let policy = Policy(
      name: "defaults", detectors: ["d0", "d1", "d2", "d3", "d4"].map { DetectorUse($0) }, suspect: "d0",
      dead: "d0")
    try policy.validate(with: .puppets)
  }
}
