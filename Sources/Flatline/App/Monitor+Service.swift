extension Monitor {
  /// Keeps the monitor until the calling task is cancelled, or the monitor is shut down, and then shuts it down. When
  /// this returns every watch has ended and every socket has its options back.
  ///
  /// For a service of swift-service-lifecycle, wrap it. A graceful shutdown cancels no task, so that a monitor which is
  /// a `Service` itself (`extension Monitor: Service {}`) hangs at SIGTERM. `cancelWhenGracefulShutdown` cancels:
  ///
  ///     struct MonitorService: Service {
  ///       let monitor: Monitor
  ///       func run() async throws {
  ///         try await cancelWhenGracefulShutdown { try await monitor.run() }
  ///       }
  ///     }
  ///
  /// `Examples/Service` has the whole of it, with logs and metrics.
  ///
  /// For a monitor with a thread of its own. One that the app drives needs the app's loop besides.
  public func run() async throws {
    for await _ in verdictChanges() {}
    shutDown()
  }
}
