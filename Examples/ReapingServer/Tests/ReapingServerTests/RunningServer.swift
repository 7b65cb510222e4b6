import Fixtures
import Flatline
import Foundation
import ReapingServer

/// A server on a thread of its own, stopped when this value goes.
final class RunningServer: Sendable {
  let port: UInt16
  private let server: ReapingServer

  init(_ policy: Policy) throws {
    let listener = try LoopbackSocket.listen()
    port = try LoopbackSocket.port(of: listener)
    server = try ReapingServer(listener: listener, policy: policy)
    Thread.detachNewThread { [server] in
      server.run()
      close(listener)
    }
  }

  deinit { server.stop() }

  var census: Census { server.census }

  /// Waits until the census is as it should be.
  func wait(until isSo: (Census) -> Bool) async throws {
    try await eventually("another census than \(census)") { isSo(census) }
  }
}
