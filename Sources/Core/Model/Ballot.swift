/// A detector's standing evidence on one connection. It expires; no ballot is an abstention, never a vote
/// for alive.
public struct Ballot: Sendable {
  /// Shared: a copy of a ballot, from a vote to an app, is one pointer, however much evidence it holds.
  private final class Content: Sendable {
    let detector: DetectorName
    let evidence: Evidence

    init(_ detector: DetectorName, _ evidence: Evidence) {
      self.detector = detector
      self.evidence = evidence
    }
  }

  private let content: Content

  /// A detector's evidence, under its name.
  public init(detector: DetectorName, evidence: Evidence) {
    content = Content(detector, evidence)
  }

  /// The detector that cast it.
  public var detector: DetectorName { content.detector }
  /// The detector's evidence.
  public var evidence: Evidence { content.evidence }

  /// The first moment at which the ballot no longer counts.
  public var expiry: MonotonicTime {
    evidence.lifetime.map { evidence.time + $0 } ?? .never
  }

  /// The leaning that counts at `now`.
  public func leaning(at now: MonotonicTime) -> Leaning {
    now < expiry ? evidence.leaning : .abstaining
  }
}

extension Ballot: Hashable {
  public static func == (left: Ballot, right: Ballot) -> Bool {
    left.content === right.content || (left.detector == right.detector && left.evidence == right.evidence)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(detector)
    hasher.combine(evidence)
  }
}
