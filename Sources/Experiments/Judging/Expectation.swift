public import Flatline

/// What must become of a connection in a scenario, under one kind of traffic.
public struct Expectation: Hashable, Sendable {
  /// What the verdict must be.
  public enum Demand: Hashable, Sendable {
    /// Dead (half-closed where the policy lets a FIN mean that), for one of these causes; more than one only where
    /// each is the plain truth, the plainest first. None named is any.
    case dead([Cause])
    /// Suspect for one of these causes and never convicted: the peer's host answers, and whether that is enough is the
    /// app's to say.
    case suspect([Cause])
    /// The peer lives and must not be convicted; suspicion is no conviction.
    case alive
  }

  /// A detector that would know the cause better, and what it would say.
  public struct Witness: Hashable, Sendable {
    /// The detector.
    public var detector: DetectorName
    /// What it would say.
    public var cause: Cause

    /// From its parts, each described at its property.
    public init(_ detector: DetectorName, _ cause: Cause) {
      self.detector = detector
      self.cause = cause
    }
  }

  /// What the verdict must be.
  public var demand: Demand
  /// The detectors that can see it at all, to be named where a policy is blind to it. Empty for any.
  public var seenBy: [DetectorName]
  /// Who would know the cause better, if anybody.
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
  public static var alive: Expectation { Expectation(demand: .alive, seenBy: []) }
}
