import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// Detectors whose name and settings are known only when the program runs.
struct RegisteredDetectorTests {
  private static let limit = SettingDescription.integer("limit", 3, in: 1...9, "A limit.")

  private static func named(_ name: DetectorName, _ strings: PuppetStrings) -> RegisteredDetector {
    RegisteredDetector(name: name, settings: [limit]) { settings throws(PolicyError) in
      _ = try settings.integer("limit")
      return PuppetDetector(strings: strings)
    }
  }

  @Test func aBallotHasTheNameInThePolicy() throws {
    let strings = PuppetStrings()
    let stage = try VirtualStage(DetectorRegistry().registering(Self.named("loaded", strings)))
    let policy = Policy(
      name: "one", detectors: [DetectorUse("loaded", ["limit": .integer(5)])], suspect: "loaded",
      dead: "loaded")
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: policy, onEvent: log.take)
    strings.lean(.dead, cause: .peerHung)
    stage.run(.milliseconds(20))
    #expect(log.changes.map(\.verdict) == [.dead(.peerHung)])
    #expect(log.changes.flatMap(\.decidedBy).map(\.detector) == ["loaded"])
  }

  @Test func itsSettingsAreChecked() throws {
    let registry = DetectorRegistry().registering(Self.named("loaded", PuppetStrings()))
    #expect(registry["loaded"]?.settings == [Self.limit])
    let policy = Policy(
      name: "one", detectors: [DetectorUse("loaded", ["limit": .integer(10)])], suspect: "loaded",
      dead: "loaded")
    let expected = PolicyError(
      at: "detectors.loaded.limit", found: "10", allowed: "a whole number from 1 to 9")
    #expect(throws: expected) { try policy.validate(with: registry) }
  }

  @Test func aDetectorOfTheSameNameIsReplaced() throws {
    let registry = DetectorRegistry.builtIn.registering(Self.named("epoll", PuppetStrings()))
    #expect(registry.names == DetectorRegistry.builtIn.names)
    #expect(try registry["epoll"]?.makeDetector() is PuppetDetector)
  }
}
