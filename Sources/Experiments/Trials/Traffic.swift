/// What an app does on its connection while it is watched.
public enum Traffic: String, Hashable, Sendable, CaseIterable {
  /// Nothing is sent, and nothing may be.
  case idle
  /// Data is in flight: 100 bytes every 100 ms.
  case active
  /// Nothing but the heartbeat of the policy.
  case heartbeat

  /// In a few words.
  public var summary: String {
    switch self {
    case .idle: "idle, no heartbeat"
    case .active: "data in flight"
    case .heartbeat: "idle, heartbeat"
    }
  }
}
