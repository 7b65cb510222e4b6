import Fixtures
import Flatline
import FlatlineService
import InMemoryLogging
import Logging
import MetricsTestKit
import ServiceLifecycle
import Testing

/// The service by itself: what it logs and counts, and that it ends.
@Suite(.timeLimit(.minutes(1)))
struct MonitorServiceTests {
  private let logs = InMemoryLogHandler()
  private let metrics = TestMetrics()
  private let monitor: Monitor
  private let group: ServiceGroup

  init() throws {
    monitor = try Monitor()
    let logger = Logger(label: "test") { [logs] _ in logs }
    group = ServiceGroup(
      services: [MonitorService(monitor, logger: logger, metrics: metrics)], logger: Logger(label: "group"))
  }

  @Test func aDeathIsLoggedAndCounted() async throws {
    async let running: Void = group.run()
    let loopback = try Loopback()
    let connection = try monitor.watch(loopback.near, policy: .kernelOnly)
    loopback.farResets()
    while logs.entries.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
    await group.triggerGracefulShutdown()
    try await running

    let entry = try #require(logs.entries.first)
    #expect(entry.level == .notice)
    #expect(entry.metadata["connection"] == "\(connection)")
    #expect(entry.metadata["verdict"] == "dead")
    #expect(entry.metadata["cause"] == "peerReset")
    let counter = try metrics.expectCounter(
      "flatline_verdicts", [("verdict", "dead"), ("cause", "peerReset")])
    #expect(counter.totalValue == 1)
  }

  /// `extension Monitor: Service {}` would hang here.
  @Test func aGracefulShutdownEndsTheMonitorAndItsWatches() async throws {
    let loopback = try Loopback()
    let connection = try monitor.watch(loopback.near, policy: .kernelOnly)
    async let running: Void = group.run()
    await group.triggerGracefulShutdown()
    try await running
    #expect(monitor.verdict(of: connection) == nil)
    #expect(throws: WatchError.shutDown) { try monitor.watch(loopback.near, policy: .kernelOnly) }
  }
}
