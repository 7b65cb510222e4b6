import Flatline
import FlatlineTestKit
import FlatlineTestSupport

/// A monitor whose one voter is a puppet, and what the monitor tells.
final class Stage: Sendable {
  /// Pulls the puppet of every connection.
  let strings = PuppetStrings()
  let monitor: Monitor
  let policy = Policy(
    name: "puppet", detectors: [DetectorUse("puppet")], suspect: "puppet", dead: "puppet")
  private let log: VerdictLog

  init() throws {
    let log = VerdictLog()
    self.log = log
    monitor = try Monitor(
      registry: DetectorRegistry.builtIn.registering(PuppetDetector(strings: strings)), onEvent: log.take)
    // Evidence of the first look shows that the watch has begun.
    strings.lean(.alive)
  }

  /// Waits until so many connections are watched.
  func isWatching(_ count: Int) async -> Bool {
    await eventually { Set(self.log.events.map(\.connection)).count >= count }
  }
}
