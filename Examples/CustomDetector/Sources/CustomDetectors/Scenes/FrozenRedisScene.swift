import Fixtures
import Flatline
import Glibc

extension Scene {
  /// A real redis-server that answers for half a second and is then stopped (SIGSTOP).
  public static func frozenRedis(_ policy: Policy, limit: Duration = .seconds(5)) async throws
    -> [VerdictChange]
  {
    let server = try RedisServer()
    let connection = try LoopbackSocket.connect(to: server.port)
    defer { close(connection) }
    return try await watch(connection, policy, limit: limit) {
      try await Task.sleep(for: .milliseconds(500))
      server.freeze()
    }
  }
}
