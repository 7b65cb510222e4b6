import Flatline

/// Suspicious while a registry of the operator's says that the peer's host is in maintenance.
///
/// One connection to the registry serves all watched connections: ``MaintenanceRegistry``. The policy says where it
/// listens.
public struct MaintenanceDetector: Detector {
  public static let name: DetectorName = "maintenance"
  public static let settings: [SettingDescription] = [
    // The longest path of a Unix socket (unix(7)).
    .text("registry", "/run/maintenance.sock", upTo: 107, "The Unix socket of the registry.")
  ]
  private let registry: String

  public init(settings: DetectorSettings) throws(PolicyError) { registry = try settings.text("registry") }

  /// Only news of the source wakes it.
  public var needs: Needs { Needs(readings: []) }

  public func makeSource(in surroundings: SourceSurroundings) throws -> (any SharedSource)? {
    try MaintenanceRegistry(path: registry)
  }

  public func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion {
    switch look.news(as: MaintenanceNotice.self) {
    case .begins(let reason):
      Opinion(
        Evidence(
          .suspicious, layer: .host, cause: Cause(rawValue: "maintenance"), at: look.now,
          notes: [.text("reason", reason)]))
    case .isOver: Opinion(.withdrawn(at: look.now))
    case nil: .unchanged
    }
  }
}

/// The registry's word on one host.
public enum MaintenanceNotice: Hashable, Sendable {
  /// It is in maintenance, for this reason.
  case begins(reason: String)
  /// It is so no more.
  case isOver
}
