import Fixtures
import Flatline
import Glibc

extension Scene {
  /// A peer that talks for half a second and then falls silent.
  public static func quietPeer(_ policy: Policy, limit: Duration = .seconds(3)) async throws
    -> [VerdictChange]
  {
    let connection = try Loopback()
    return try await watch(connection.near, policy, limit: limit) {
      try await onOwnThread {
        for _ in 0..<10 {
          connection.farSends("tick\n")
          usleep(50_000)
        }
      }
    }
  }
}
