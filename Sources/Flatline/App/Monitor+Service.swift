extension Monitor {
  /// Keeps the monitor until the calling task is cancelled, or the monitor is shut down, and then shuts it down. When
  /// this returns every watch has ended and every socket has its options back.
  ///
  /// It is a service in the shape that swift-service-lifecycle asks for, without depending on it. There, a graceful
  /// shutdown becomes a cancellation by `cancelWhenGracefulShutdown`:
  ///
  ///     struct FlatlineService: Service {
  ///       let monitor: Monitor
  ///       func run() async throws {
  ///         try await cancelWhenGracefulShutdown { try await monitor.run() }
  ///       }
  ///     }
  ///
  /// For a monitor with a thread of its own. One that the app drives needs the app's loop besides.
  public func run() async throws {
    for await _ in verdictChanges() {}
    shutDown()
  }
}
