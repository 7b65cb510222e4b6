import FlatlineCore

/// State of the keepalive detector for one connection.
public struct KeepaliveState: BitwiseCopyable, Sendable {
  /// When the first unanswered probe was noticed.
  var burstStart: MonotonicTime = .never
  /// Patience learned from earlier bursts.
  var patience = Patience()
  /// Counts of received segments at the last look.
  var heard: HeardSegments
  /// Looks of this burst that found duplicates; three stand for more.
  private(set) var duplicates: UInt8 = 0
  /// Leaning of the standing ballot.
  private(set) var standing: Leaning = .abstaining
  /// A repeated probe of this burst is unanswered too.
  var isUnansweredAgain = false
  /// The app has changed the keepalive options: the meaning of the probes is not known.
  var isGivenUp = false

  init(_ info: TCPInfo?) {
    heard = HeardSegments(info)
  }

  /// A look of this burst found duplicates.
  mutating func countDuplicates() { duplicates = min(duplicates + 1, 3) }

  /// No probe and no acknowledgement of ours is unanswered any more.
  mutating func endBurst() {
    burstStart = .never
    duplicates = 0
  }

  /// Returns the evidence if it differs from the standing ballot.
  mutating func replaceStanding(with evidence: Evidence?) -> Evidence? {
    guard let evidence, evidence.leaning != standing else { return nil }
    standing = evidence.leaning
    return evidence
  }
}
