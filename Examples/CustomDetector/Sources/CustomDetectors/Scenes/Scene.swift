import Flatline

/// A socket watched under a policy.
public enum Scene {
  /// Watches until the death, and returns the verdict changes up to it; at most as long as `limit` after `play` has
  /// done its part.
  public static func watch(
    _ descriptor: CInt, _ policy: Policy, registry: DetectorRegistry = OurPolicies.registry,
    limit: Duration = .seconds(3), play: () async throws -> Void
  ) async throws -> [VerdictChange] {
    let monitor = try Monitor(registry: registry)
    let changes = try monitor.verdictChanges(of: descriptor, policy: policy)
    try await play()
    let patience = Task {
      try await Task.sleep(for: limit)
      // Ends the changes.
      monitor.shutDown()
    }
    defer { patience.cancel() }
    var seen: [VerdictChange] = []
    for await change in changes { seen.append(change) }
    return seen
  }
}
