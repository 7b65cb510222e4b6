import FlatlineCHeader
import FlatlineCore
import Testing

@testable import FlatlinePlugins

/// Descriptions of detectors in C: each wrong one gets one line.
struct DescriptionTests {
  private typealias Change = @Sendable (inout MadeDetector) -> Void

  private static let wrong: [(change: Change, line: String)] = [
    (
      { $0.raw.size = 8 },
      "detectors[0].size: found 8; allowed: sizeof(flatline_detector), which is 64"
    ),
    (
      { $0.raw.name = nil },
      "detectors[0].name: found NULL; allowed: a to z, 0 to 9 and \"-\", beginning with a letter, at most 64 characters"
    ),
    (
      { $0.raw.name = MadeDetector.text("Not a name") },
      "detectors[0].name: found \"Not a name\"; allowed: a to z, 0 to 9 and \"-\", beginning with a letter, "
        + "at most 64 characters"
    ),
    ({ $0.raw.needs = nil }, "detectors.made.needs: found NULL; allowed: a function"),
    ({ $0.raw.examine = nil }, "detectors.made.examine: found NULL; allowed: a function"),
    ({ $0.raw.state_size = 1025 }, "detectors.made.state_size: found 1025; allowed: at most 1024 bytes"),
    ({ $0.raw.setting_count = 33 }, "detectors.made.setting_count: found 33; allowed: at most 32"),
    ({ $0.raw.setting_count = 1 }, "detectors.made.settings: found NULL; allowed: 1 settings"),
    (
      {
        $0.settings = [MadeDetector.setting("limit", FLATLINE_INTEGER)]
        $0.raw.setting_size = 8
      },
      "detectors.made.setting_size: found 8; allowed: sizeof(flatline_setting), which is 80"
    ),
    (
      {
        $0.settings = [
          MadeDetector.setting("limit", FLATLINE_INTEGER),
          MadeDetector.setting("limit", FLATLINE_FLAG, standard: 1),
        ]
      },
      "detectors.made.settings.limit: found the setting twice; allowed: one description a setting"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_INTEGER, standard: 10)] },
      "detectors.made.settings.limit.standard: found a default of 10; allowed: a whole number from 1 to 9"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_DURATION, standard: 10)] },
      "detectors.made.settings.limit.standard: found a default of \"10ns\"; allowed: a duration from 1ns to 9ns"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_NUMBER, standard: 0)] },
      "detectors.made.settings.limit.standard: found a default of 0; allowed: a number from 1.0 to 9.0"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_FLAG)] },
      "detectors.made.settings.limit.standard: found 3; allowed: 0 or 1"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_CHOICE, choices: "one|two")] },
      "detectors.made.settings.limit.standard: found 3; allowed: the index of a choice, 0 to 1"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_CHOICE, standard: 0, choices: "one|one")] },
      "detectors.made.settings.limit.choices: found an empty text or one twice; allowed: different texts, "
        + "joined by \"|\""
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", FLATLINE_CHOICE)] },
      "detectors.made.settings.limit.choices: found NULL; allowed: a text of 1 to 1000 bytes of UTF-8 on one line"
    ),
    (
      { $0.settings = [MadeDetector.setting("limit", 0)] },
      "detectors.made.settings.limit.kind: found 0; allowed: FLATLINE_DURATION to FLATLINE_CHOICE, 1 to 5"
    ),
    (
      {
        $0.settings = [MadeDetector.setting("limit", FLATLINE_INTEGER)]
        $0.settings[0].most.integer = 0
      },
      "detectors.made.settings.limit: found a range from 1 to 0; allowed: least <= most"
    ),
    (
      {
        $0.settings = [MadeDetector.setting("limit", FLATLINE_NUMBER)]
        $0.settings[0].least.number = .nan
      },
      "detectors.made.settings.limit: found a range from nan to 9.0; allowed: least <= most"
    ),
    (
      {
        $0.settings = [MadeDetector.setting("limit", FLATLINE_INTEGER)]
        $0.settings[0].summary = MadeDetector.text("Two\nlines.")
      },
      "detectors.made.settings.limit.summary: found other bytes; allowed: a text of 1 to 400 bytes of UTF-8 on one "
        + "line"
    ),
  ]

  @Test(arguments: wrong.indices)
  func aWrongDescriptionGetsOneLine(_ index: Int) {
    var detector = MadeDetector()
    Self.wrong[index].change(&detector)
    let error = #expect(throws: PluginError.self) { try detector.registered() }
    #expect(error?.description == Self.wrong[index].line)
  }

  @Test func aDescriptionOfALaterHeaderIsTakenWhereTheRestIsZero() throws {
    struct Later {
      var detector = MadeDetector().raw
      var member: UInt64 = 0
    }
    var later = Later()
    later.detector.size = UInt32(MemoryLayout<Later>.size)
    func register() throws(PluginError) {
      _ = try withUnsafePointer(to: &later) { later throws(PluginError) in
        try later.withMemoryRebound(to: flatline_detector.self, capacity: 1) { detector throws(PluginError) in
          try RegisteredDetector(detector, at: "detectors[0]")
        }
      }
    }
    try register()
    later.member = 1
    let error = #expect(throws: PluginError.self) { try register() }
    #expect(error?.found == "a member that this version does not know")
  }

  @Test func everyKindOfSettingReachesTheDetector() throws {
    let cases: [(flatline_setting, SettingValue, Int64, Double)] = [
      (MadeDetector.setting("a", FLATLINE_DURATION), .text("7ns"), 7, 0),
      (MadeDetector.setting("a", FLATLINE_INTEGER), .number(8), 8, 0),
      (MadeDetector.setting("a", FLATLINE_NUMBER), .number(2.5), 0, 2.5),
      (MadeDetector.setting("a", FLATLINE_FLAG, standard: 0), .flag(true), 1, 0),
      (MadeDetector.setting("a", FLATLINE_CHOICE, standard: 0, choices: "x|y|z"), .text("z"), 2, 0),
    ]
    for (setting, given, integer, number) in cases {
      var detector = MadeDetector()
      detector.settings = [setting]
      let made = try detector.registered().makeDetector(["a": given])
      _ = made.once(Look(now: MonotonicTime(nanoseconds: 1)))
      #expect(detector.strings.settings.first?.integer == integer)
      #expect(detector.strings.settings.first?.number == number)
    }
  }
}

extension Detector {
  /// The opinion on one look after a beginning.
  func once(_ look: borrowing Look) -> Opinion? {
    guard var state = begin(look) else { return nil }
    return examine(look, &state)
  }
}
