import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Testing

/// A detector that never moves its next look on takes no time from the others. Run by itself: it measures the time of
/// a thread.
@Suite(.serialized, .onOwnThread, .timeLimit(.minutes(2)))
struct StarvationTests {
  private static let connections = 500
  private static let death = Duration.seconds(3)

  private struct Honest: Puppet {
    static let name: DetectorName = "honest"
    let strings: PuppetStrings
  }

  private struct Stale: Puppet {
    static let name: DetectorName = "stale"
    let strings: PuppetStrings
  }

  private static let policy = Policy(
    name: "stale", detectors: [DetectorUse("honest"), DetectorUse("stale")],
    suspect: .any(["honest", "stale"]), dead: .any(["honest", "stale"]))

  /// Honest says dead at its first look, stale asks for a look in the past.
  private static func registry() -> DetectorRegistry {
    let honest = PuppetStrings(needs: Needs(firstLook: death))
    honest.lean(.dead, cause: .peerHung)
    let stale = PuppetStrings(needs: .every(.milliseconds(5)))
    stale.answer { Opinion(next: $0.now - .seconds(1)) }
    return DetectorRegistry().registering(Honest(strings: honest)).registering(Stale(strings: stale))
  }

  @Test func everyConnectionIsLookedAtInItsTime() throws {
    let pairs = try (0..<Self.connections).map { _ in try TCPPair.loopback(server: .silent) }
    defer { for pair in pairs { pair.close() } }
    let log = VerdictLog()
    let monitor = try Monitor(registry: Self.registry(), drive: .application, onEvent: log.take)
    var watched: [ConnectionID: MonotonicTime] = [:]
    for pair in pairs { watched[try monitor.watch(pair.client, policy: Self.policy)] = .now() }

    let start = MonotonicTime.now()
    let before = Self.threadTime()
    while log.changes.count < Self.connections, .now() < start + .seconds(10) {
      var ready = pollfd(fd: monitor.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&ready, 1, 100)
      monitor.process()
    }
    let share = (Self.threadTime() - before) / (.now() - start)
    let late = log.changes.map { change in
      watched[change.connection].map { change.time - ($0 + Self.death) } ?? .seconds(3600)
    }
    let latest = late.max() ?? .seconds(3600)
    let end = MonotonicTime.now()
    monitor.shutDown()
    let took = .now() - end
    print("starvation: latest \(latest) late, \(share * 100) % of a core, shut down in \(took)")
    #expect(log.changes.filter(\.verdict.isDead).count == Self.connections)
    #expect(latest < .milliseconds(100))
    #expect(share < 0.05)
    #expect(took < .milliseconds(100))
    let faults = log.ballots.filter { $0.evidence.facts.contains { $0.name == "detector_fault" } }
    #expect(faults.count == Self.connections)
    #expect(faults.allSatisfy { $0.detector == "stale" })
  }

  /// The monitor's own thread leaves its lock to the caller.
  @Test func theMonitorShutsDownAtOnce() throws {
    let pairs = try (0..<Self.connections).map { _ in try TCPPair.loopback(server: .silent) }
    defer { for pair in pairs { pair.close() } }
    let log = VerdictLog()
    let monitor = try Monitor(registry: Self.registry(), onEvent: log.take)
    for pair in pairs { _ = try monitor.watch(pair.client, policy: Self.policy) }
    #expect(eventually { log.ballots.count == Self.connections })
    let start = MonotonicTime.now()
    monitor.shutDown()
    #expect(.now() - start < .milliseconds(100))
  }

  /// The processor time of the calling thread.
  private static func threadTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
