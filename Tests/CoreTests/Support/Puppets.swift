import FlatlineCore
import FlatlineTestKit

/// A puppet for policies under test: it has settings of every kind, and nobody pulls it.
protocol VariedPuppet: Puppet {}

extension VariedPuppet {
  static var settings: [SettingDescription] {
    [
      .duration("wait", .seconds(1), in: .zero ... .seconds(3600), "A duration."),
      .integer("count", 3, in: -5...15, "A whole number."),
      .number("level", 0.5, in: -1...1000, "A number."),
      .flag("on", false, "True or false."),
      .choice("mode", "plain", of: ["plain", "größer", "\"quoted\"\n"], "One of these."),
      .text("place", "here", upTo: 24, "Any text."),
    ]
  }

  init(settings: DetectorSettings) throws(PolicyError) {
    self.init(strings: PuppetStrings(needs: Needs()))
    _ = try settings.duration("wait")
    _ = try settings.integer("count")
    _ = try settings.number("level")
    _ = try settings.flag("on")
    _ = try settings.text("mode")
    _ = try settings.text("place")
  }
}

struct Puppet0: VariedPuppet {
  static let name: DetectorName = "d0"
  let strings: PuppetStrings
}

struct Puppet1: VariedPuppet {
  static let name: DetectorName = "d1"
  let strings: PuppetStrings
}

struct Puppet2: VariedPuppet {
  static let name: DetectorName = "d2"
  let strings: PuppetStrings
}

struct Puppet3: VariedPuppet {
  static let name: DetectorName = "d3"
  let strings: PuppetStrings
}

struct Puppet4: VariedPuppet {
  static let name: DetectorName = "d4"
  let strings: PuppetStrings
}

extension DetectorRegistry {
  static let puppets = DetectorRegistry([
    Puppet0.self, Puppet1.self, Puppet2.self, Puppet3.self, Puppet4.self,
  ])
}
