import Fixtures
import Flatline

extension Scene {
  /// A peer that talks for half a second and then falls silent.
  public static func quietPeer(_ policy: Policy, limit: Duration = .seconds(3)) async throws
    -> [VerdictChange]
  {
    let connection = try Loopback()
    return try await watch(connection.near, policy, limit: limit) {
      for _ in 0..<10 {
        connection.farSends("tick\n")
        try await Task.sleep(for: .milliseconds(50))
      }
    }
  }
}
