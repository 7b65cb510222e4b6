import FlatlineCore

/// What the keepalive detector remembers of one connection.
public struct KeepaliveState: BitwiseCopyable, Sendable {
  /// When the first unanswered probe was noticed.
  var burstStart: MonotonicTime = .never
  /// What earlier bursts teach.
  var patience = Patience()
  /// What the standing ballot says.
  private var standing: Leaning = .abstaining
  /// A probe of this burst that was asked for again is unanswered too.
  var isUnansweredAgain = false
  /// The app has set keepalive its own way since: what its probes tell is not known.
  var isGivenUp = false

  init() {}

  /// The evidence, if it is not what the standing ballot says.
  mutating func replaceStanding(with evidence: Evidence?) -> Evidence? {
    guard let evidence, evidence.leaning != standing else { return nil }
    standing = evidence.leaning
    return evidence
  }
}
