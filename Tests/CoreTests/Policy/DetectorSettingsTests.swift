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
      #expect(try settings.text("place") == "here")
    }
  }

  @Test func whatIsGivenCounts() throws {
    let settings = try settings([
      "wait": .duration(.milliseconds(7)), "count": .integer(-5), "level": .number(-1), "on": .flag(true),
      "mode": .text("größer"), "place": .text("http://größer/?a=\"b\""),
    ])
    #expect(try settings.duration("wait") == .milliseconds(7))
    #expect(try settings.integer("count") == -5)
    #expect(try settings.number("level") == -1)
    #expect(try settings.flag("on"))
    #expect(try settings.text("mode") == "größer")
    #expect(try settings.text("place") == "http://größer/?a=\"b\"")
  }

  @Test(
    arguments: [
      ("wait", .text("1h1ns")), ("wait", .text("61m")), ("wait", .number(1)), ("wait", .flag(true)),
      ("count", .number(-6)), ("count", .number(16)), ("count", .number(1.5)), ("count", .text("3")),
      ("count", .number(.nan)), ("count", .number(.infinity)), ("level", .number(-1.000_001)),
      ("level", .number(.nan)), ("level", .number(1001)), ("on", .number(1)), ("on", .text("true")),
      ("mode", .text("Plain")), ("mode", .flag(false)),
      ("place", .number(1)), ("place", .text(String(repeating: "x", count: 25))),
    ] as [(String, SettingValue)])
  func whatIsOfAnotherKindOrOutOfRangeIsRefused(key: String, value: SettingValue) throws {
    let error = try #require(throws: PolicyError.self) { try settings([key: value]) }
    #expect(error.place == "detectors.d0.\(key)")
    #expect(error.found == value.description)
    #expect(error.allowed == Puppet0.settings.first { $0.key == key }?.allowed)
  }

  @Test(arguments: ["two\nlines", "a\u{2028}b", "a\u{85}b", "\u{0}", "\t", "\u{7F}"])
  func aTextIsOneLine(_ text: String) {
    #expect(throws: PolicyError.self) { try settings(["place": .text(text)]) }
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

  // MARK: A plug-in that describes its settings wrongly

  /// What it describes, the setting at fault, what was found and what is allowed.
  private static let wrong: [([SettingDescription], String, String, String)] = [
    (
      [
        .flag("on", false, "First."), .integer("count", 3, in: 1...5, "Other."), .flag("on", true, "Second."),
      ],
      "on", "a detector that describes the setting twice", "one description a setting"
    ),
    (
      [
        .integer("count", 3, in: 1...5, "First."),
        .duration("count", .seconds(1), in: .zero ... .seconds(2), ""),
      ],
      "count", "a detector that describes the setting twice", "one description a setting"
    ),
    (
      [.integer("count", 9, in: 1...5, "Too many.")], "count", "a detector whose default is 9",
      "a whole number from 1 to 5"
    ),
    (
      [.number("level", .nan, in: 0...1, "No number.")], "level", "a detector whose default is nan",
      "a number from 0.0 to 1.0"
    ),
    (
      [.duration("wait", .seconds(9), in: .seconds(1) ... .seconds(5), "Too long.")], "wait",
      "a detector whose default is \"9s\"", "a duration from 1s to 5s"
    ),
    (
      [.choice("mode", "none", of: ["one", "two"], "Neither.")], "mode",
      "a detector whose default is \"none\"", "one of \"one\", \"two\""
    ),
  ]

  @Test(arguments: wrong.indices)
  func aPlugInThatDescribesASettingWronglyIsToldSo(_ index: Int) throws {
    let (described, key, found, allowed) = Self.wrong[index]
    let expected = PolicyError(at: "detectors.plug-in.\(key)", found: found, allowed: allowed)
    PlugIn.$described.withValue(described) {
      #expect(throws: expected) { try DetectorSettings.standard(of: PlugIn.self) }
      for given: [String: SettingValue] in [[:], [key: .text("given")]] {
        let policy = Policy(
          name: "plug-in", detectors: [DetectorUse(PlugIn.name, given)], suspect: "plug-in", dead: "plug-in")
        let error = #expect(throws: PolicyError.self) {
          try policy.validate(with: DetectorRegistry([PlugIn.self]))
        }
        #expect(error?.place == expected.place)
        #expect(error?.found == expected.found)
        #expect(error?.allowed == expected.allowed)
      }
    }
  }

  /// It is told where it is used, and the monitor goes on.
  @Test func aWatchWithAWrongPlugInFailsWithOneError() throws {
    let stage = try VirtualStage(DetectorRegistry.puppets.registering(PlugIn.self))
    let policy = Policy(
      name: "plugged", detectors: [DetectorUse(PlugIn.name)], suspect: "plug-in", dead: "plug-in")
    for (described, key, _, _) in Self.wrong {
      PlugIn.$described.withValue(described) {
        let error = #expect(throws: WatchError.self) { try stage.monitor.watch(1, policy: policy) }
        guard case .policy(let reason) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(reason.place == "detectors.plug-in.\(key)")
      }
    }
    _ = try stage.monitor.watch(1, policy: policy)
    stage.run(.seconds(1))
  }
}

/// A detector of somebody else's, with settings as the test says.
private struct PlugIn: Detector {
  @TaskLocal static var described: [SettingDescription] = []
  static let name: DetectorName = "plug-in"
  static var settings: [SettingDescription] { described }

  init(settings: DetectorSettings) throws(PolicyError) {}

  var needs: Needs { Needs() }

  func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion { .unchanged }
}
