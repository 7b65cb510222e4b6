import Flatline
import Logging
import ServiceLifecycle

/// Reads what a server sends for as long as it answers, and connects again when it is gone or hangs.
struct Follower: Service {
  let port: UInt16
  let monitor: Monitor
  let logger: Logger

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await follow()
        } catch let error as WatchError {
          throw error
        } catch {
          // The server is gone, or not there yet.
          logger.info("disconnected", metadata: ["reason": "\(error)"])
        }
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
  }

  /// One connection's life.
  private func follow() async throws {
    let connection = try Connection(port: port)
    let pinger = AppPinger { connection.ping() }
    try await monitor.whileAlive(connection.descriptor, policy: .lan, pinger: pinger) { _ in
      // Cancelled when the server is gone, and at the shutdown of the program: the read then returns.
      try await withTaskCancellationHandler {
        while let count = try await connection.receive() {
          logger.info("received", metadata: ["bytes": "\(count)"])
        }
      } onCancel: {
        connection.shutDown()
      }
    }
  }
}
