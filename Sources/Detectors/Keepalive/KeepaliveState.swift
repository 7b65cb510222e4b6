import FlatlineCore

/// State of the keepalive detector for one connection.
public struct KeepaliveState: BitwiseCopyable, Sendable {
  /// When the first unanswered probe was noticed.
  var burstStart: MonotonicTime = .never
  /// Patience learned from earlier bursts.
  var patience = Patience()
  /// Leaning of the standing ballot.
  private var standing: Leaning = .abstaining
  /// A repeated probe of this burst is unanswered too.
  var isUnansweredAgain = false
  /// The app has changed the keepalive options: the meaning of the probes is not known.
  var isGivenUp = false

  init() {}

  /// Returns the evidence if it differs from the standing ballot.
  mutating func replaceStanding(with evidence: Evidence?) -> Evidence? {
    guard let evidence, evidence.leaning != standing else { return nil }
    standing = evidence.leaning
    return evidence
  }
}
