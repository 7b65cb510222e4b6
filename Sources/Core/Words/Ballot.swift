/// A detector's standing evidence on one connection. It expires; no ballot is an abstention, never a vote
/// for alive.
public struct Ballot: Hashable, Sendable {
  public let detector: DetectorName
  public let evidence: Evidence

  public init(detector: DetectorName, evidence: Evidence) {
    self.detector = detector
    self.evidence = evidence
  }

  /// The first moment at which the ballot no longer counts.
  public var expiry: MonotonicTime {
    evidence.lifetime.map { evidence.time + $0 } ?? .never
  }

  /// The leaning that counts at `now`.
  public func leaning(at now: MonotonicTime) -> Leaning {
    now < expiry ? evidence.leaning : .abstaining
  }
}
