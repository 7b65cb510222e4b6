public import Flatline
public import Logging
public import Metrics
public import ServiceLifecycle

/// A monitor as a service: logs and counts its verdict changes, and shuts it down at a graceful shutdown.
///
/// Put it first in the group. Services are shut down last to first, so that the monitor outlives those that use it.
public struct MonitorService: Service {
  private let monitor: Monitor
  private let logger: Logger
  private let metrics: any MetricsFactory
  /// From the beginning, so that no change before `run()` is missed.
  private let changes: AsyncStream<VerdictChange>

  /// - Parameters:
  ///   - monitor: what the other services watch their sockets with.
  ///   - logger: gets each verdict change: a death as a notice, any other as information, its trail at debug.
  ///   - metrics: counts them as `flatline_verdicts`, by verdict and cause.
  public init(
    _ monitor: Monitor, logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
  ) {
    self.monitor = monitor
    self.logger = logger
    self.metrics = metrics
    changes = monitor.verdictChanges()
  }

  public func run() async throws {
    // A graceful shutdown is no cancellation: without this, the loop would go on.
    await cancelWhenGracefulShutdown {
      for await change in changes { record(change) }
    }
    monitor.shutDown()
  }

  private func record(_ change: VerdictChange) {
    let cause = change.cause.map { "\($0)" } ?? "none"
    logger.log(
      level: change.verdict.isDead ? .notice : .info, "\(change)",
      metadata: [
        "connection": "\(change.connection)", "verdict": "\(change.verdict.name)", "cause": "\(cause)",
        "detectors": .array(change.decidedBy.map { "\($0.detector)" }),
      ])
    logger.debug("\(change.trail)", metadata: ["connection": "\(change.connection)"])
    Counter(
      label: "flatline_verdicts", dimensions: [("verdict", change.verdict.name), ("cause", cause)],
      factory: metrics
    ).increment()
  }
}
