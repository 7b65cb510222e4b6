import Flatline

/// Convicts each connection some time after its watch began, whatever it does: a verdict on command, of which
/// SwiftNIO knows nothing.
struct DoomDetector: Detector {
  static let name: DetectorName = "doom"
  static let settings: [SettingDescription] = [
    .duration("after", .milliseconds(20), in: .milliseconds(1) ... .seconds(60), "Time to live.")
  ]
  private let after: Duration

  init(settings: DetectorSettings) throws(PolicyError) { after = try settings.duration("after") }

  var needs: Needs { Needs(firstLook: after, readings: []) }

  func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
    guard look.isDue else { return .unchanged }
    return Opinion(Evidence(.dead, layer: .path, cause: .pathSilent, at: look.now))
  }

  static let registry = DetectorRegistry.builtIn.registering(DoomDetector.self)
  static let policy = Policy(name: "doomed", detectors: [DetectorUse(name)], suspect: "doom", dead: "doom")
}
