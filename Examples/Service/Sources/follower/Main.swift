import Flatline
import FlatlineService
import Glibc
import Logging
import Metrics
import ServiceLifecycle

@main
struct Main {
  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = UInt16(CommandLine.arguments[1]) else {
      print("usage: follower PORT")
      exit(2)
    }
    LoggingSystem.bootstrap(StreamLogHandler.standardError)
    // Here an app calls MetricsSystem.bootstrap(_:) with the exporter that it uses.
    let logger = Logger(label: "follower")
    let monitor = try Monitor()
    let group = ServiceGroup(
      services: [
        MonitorService(monitor, logger: logger),
        Follower(port: port, monitor: monitor, logger: logger),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
