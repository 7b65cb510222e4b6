public import Flatline

extension Traffic {
  /// In a few words.
  public var summary: String {
    switch self {
    case .idle: "idle, no heartbeat"
    case .inFlight: "data in flight"
    case .heartbeat: "idle, heartbeat"
    }
  }
}
