public import Flatline

/// What a policy promises: by when it tells a silent drop, and what it survives. Times are for a path of 0.1 ms
/// round trip; longer paths add ten round trips.
public struct Promise: Hashable, Sendable {
  /// Where a promise comes from.
  public enum Source: Hashable, Sendable {
    /// The policy's documentation: what it is tested for.
    case documented
    /// Computed from its settings and the kernel's rules.
    case computed
  }

  /// Whether it is documented or computed.
  public var source: Source
  /// Suspect, with data in flight.
  public var suspectActive: Duration?
  /// Dead, with data in flight.
  public var deadActive: Duration?
  /// Dead, idle and without a heartbeat.
  public var deadIdle: Duration?
  /// Dead, idle, with a heartbeat.
  public var deadHeartbeat: Duration?
  /// What it survives; `nil` for no promise.
  public var survives: Endurance?

  /// From its parts, each described at its property.
  public init(
    _ source: Source, suspectActive: Duration? = nil, deadActive: Duration? = nil, deadIdle: Duration? = nil,
    deadHeartbeat: Duration? = nil, survives: Endurance? = nil
  ) {
    self.source = source
    self.suspectActive = suspectActive
    self.deadActive = deadActive
    self.deadIdle = deadIdle
    self.deadHeartbeat = deadHeartbeat
    self.survives = survives
  }

  /// What a policy promises: as documented for those that come with Flatline, computed for any other.
  ///
  /// - Parameters:
  ///   - policy: a policy, which may have the name of a documented one and other content.
  ///   - registry: the detectors it may name.
  ///   - userTimeout: the app's TCP_USER_TIMEOUT (tcp(7)) if it set one.
  public init(
    of policy: Policy, registry: DetectorRegistry = .builtIn, userTimeout: Duration? = nil
  ) {
    if userTimeout == nil, let documented = Promise.documented[policy.name],
      NamedPolicies.named(policy.name) == policy
    {
      self = documented
    } else {
      self = Prediction(policy, registry: registry, userTimeout: userTimeout).promise
    }
  }

  /// By when the verdict is dead after a silent drop; `nil` where none is promised.
  ///
  /// - Parameters:
  ///   - traffic: what the app does meanwhile.
  ///   - roundTrip: of the path.
  public func dead(_ traffic: Traffic, roundTrip: Duration = .zero) -> Duration? {
    let bound =
      switch traffic {
      case .idle: deadIdle
      case .inFlight: deadActive
      case .heartbeat: deadHeartbeat
      }
    return bound.map { $0 + roundTrip * 10 }
  }

  /// By when the verdict is suspect after a silent drop; `nil` where none is promised.
  ///
  /// - Parameters:
  ///   - traffic: what the app does meanwhile.
  ///   - roundTrip: of the path.
  public func suspect(_ traffic: Traffic, roundTrip: Duration = .zero) -> Duration? {
    traffic == .inFlight ? suspectActive.map { $0 + roundTrip * 10 } : nil
  }
}
