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
  private var flags = Flags()

  /// In one byte, to save memory.
  private struct Flags: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static let isUnansweredAgain = Flags(rawValue: 1)
    static let isGivenUp = Flags(rawValue: 2)
    static let isBorrowing = Flags(rawValue: 4)
    static let hasBorrowed = Flags(rawValue: 8)
    static let sparesTimeout = Flags(rawValue: 16)
  }

  /// A repeated probe of this burst is unanswered too.
  var isUnansweredAgain: Bool {
    get { flags.contains(.isUnansweredAgain) }
    set { set(.isUnansweredAgain, newValue) }
  }
  /// The app has changed the keepalive options, and nobody probes.
  var isGivenUp: Bool {
    get { flags.contains(.isGivenUp) }
    set { set(.isGivenUp, newValue) }
  }
  /// The app has changed the keepalive options: they are held for each probe only.
  var isBorrowing: Bool {
    get { flags.contains(.isBorrowing) }
    set { set(.isBorrowing, newValue) }
  }
  /// They are held now.
  var hasBorrowed: Bool {
    get { flags.contains(.hasBorrowed) }
    set { set(.hasBorrowed, newValue) }
  }
  /// TCP_USER_TIMEOUT is held: a probe is unanswered.
  var sparesTimeout: Bool {
    get { flags.contains(.sparesTimeout) }
    set { set(.sparesTimeout, newValue) }
  }

  private mutating func set(_ flag: Flags, _ isSet: Bool) {
    if isSet { flags.insert(flag) } else { flags.remove(flag) }
  }

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
