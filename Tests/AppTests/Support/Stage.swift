import Flatline
import FlatlineTestKit
import Synchronization

/// A monitor whose one voter is a puppet, and what the monitor tells.
final class Stage: Sendable {
  /// Pulls the puppet of every connection.
  let strings = PuppetStrings()
  let monitor: Monitor
  let policy = Policy(
    name: "puppet", detectors: [DetectorUse("puppet")], suspect: "puppet", dead: "puppet")
  private let log: EventLog

  init() throws {
    let log = EventLog()
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

/// Events, in order.
final class EventLog: Sendable {
  private let list = Mutex<[WatchEvent]>([])

  var events: [WatchEvent] { list.withLock { $0 } }

  var verdicts: [Verdict] {
    events.compactMap { if case .verdict(let change) = $0 { change.verdict } else { nil } }
  }

  @Sendable func take(_ event: WatchEvent) { list.withLock { $0.append(event) } }
}

/// Waits until a condition holds. False after `limit`, so that a test fails rather than hangs.
func eventually(within limit: Duration = .seconds(30), _ condition: () -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now >= end { return false }
    try? await Task.sleep(for: .milliseconds(1))
  }
  return true
}
