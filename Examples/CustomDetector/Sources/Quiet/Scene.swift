import Flatline

/// A peer that talks for a while and then falls silent, watched.
public enum Scene {
  /// Plays it, and returns the verdict changes up to the death; at most as long as `limit` after the last word.
  public static func play(
    _ policy: Policy, registry: DetectorRegistry = QuietPolicy.registry, limit: Duration = .seconds(3)
  ) async throws -> [VerdictChange] {
    let connection = try Loopback()
    let monitor = try Monitor(registry: registry)
    let changes = monitor.changes()
    let id = try monitor.watch(connection.near, policy: policy)
    for _ in 0..<10 {
      connection.farSends("tick\n")
      try await Task.sleep(for: .milliseconds(50))
    }
    let patience = Task {
      try await Task.sleep(for: limit)
      // Ends the changes.
      monitor.shutDown()
    }
    var seen: [VerdictChange] = []
    for await change in changes {
      seen.append(change)
      if change.verdict.isDead { break }
    }
    patience.cancel()
    monitor.unwatch(id)
    return seen
  }
}
