import FlatlineCore

/// A detector for policies under test: it has a name, settings of every kind, and nothing to say.
protocol Puppet: Detector where State == NoState {
  init()
}

extension Puppet {
  static var settings: [SettingDescription] {
    [
      .duration("wait", .seconds(1), in: .zero ... .seconds(3600), "A duration."),
      .integer("count", 3, in: -5...15, "A whole number."),
      .number("level", 0.5, in: -1...1000, "A number."),
      .flag("on", false, "True or false."),
      .choice("mode", "plain", of: ["plain", "größer", "\"quoted\"\n"], "One of these."),
    ]
  }

  init(settings: DetectorSettings) throws(PolicyError) {
    self.init()
    _ = try settings.duration("wait")
    _ = try settings.integer("count")
    _ = try settings.number("level")
    _ = try settings.flag("on")
    _ = try settings.text("mode")
  }

  var interest: Interest { Interest() }

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout NoState) -> Evidence? {
    nil
  }
}

struct Puppet0: Puppet { static let name: DetectorName = "d0" }
struct Puppet1: Puppet { static let name: DetectorName = "d1" }
struct Puppet2: Puppet { static let name: DetectorName = "d2" }
struct Puppet3: Puppet { static let name: DetectorName = "d3" }
struct Puppet4: Puppet { static let name: DetectorName = "d4" }

extension DetectorRegistry {
  static let puppets = DetectorRegistry([
    Puppet0.self, Puppet1.self, Puppet2.self, Puppet3.self, Puppet4.self,
  ])
}
