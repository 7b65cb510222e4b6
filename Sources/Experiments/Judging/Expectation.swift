public import Flatline

/// The expected outcome of a scenario under one kind of traffic.
public struct Expectation: Hashable, Sendable {
  /// The expected verdict.
  public enum Demand: Hashable, Sendable {
    /// Dead for one of these causes (half-closed where the policy lets a FIN mean that). Several causes only where each
    /// is true; the most exact first. An empty list allows any cause.
    case dead([Cause])
    /// Suspect for one of these causes and never convicted: the peer's host answers, and only the app knows whether
    /// that is enough.
    case suspect([Cause])
    /// The peer lives and must not be convicted; it may be suspected, for one of these causes. An empty list allows any
    /// cause.
    case alive([Cause])
  }

  /// A detector that gives a more exact cause, and this cause.
  public struct Witness: Hashable, Sendable {
    /// The detector.
    public var detector: DetectorName
    /// The cause that it gives.
    public var cause: Cause

    /// From its parts, each described at its property.
    public init(_ detector: DetectorName, _ cause: Cause) {
      self.detector = detector
      self.cause = cause
    }
  }

  /// The expected verdict.
  public var demand: Demand
  /// The detectors that can see the fault at all, to be named where a policy is blind to it. Empty for any.
  public var seenBy: [DetectorName]
  /// The detector that gives a more exact cause, if there is one.
  public var witness: Witness?

  /// A death.
  public static func dead(
    _ causes: Cause..., seenBy: [DetectorName] = [], witness: Witness? = nil
  ) -> Expectation {
    Expectation(demand: .dead(causes), seenBy: seenBy, witness: witness)
  }

  /// A suspicion, but no death.
  public static func suspect(_ causes: Cause..., seenBy: [DetectorName] = []) -> Expectation {
    Expectation(demand: .suspect(causes), seenBy: seenBy)
  }

  /// No death.
  public static var alive: Expectation { Expectation(demand: .alive([]), seenBy: []) }

  /// No death, and no suspicion for another cause.
  public static func alive(atMostSuspect causes: Cause...) -> Expectation {
    Expectation(demand: .alive(causes), seenBy: [])
  }
}
