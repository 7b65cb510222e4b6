import FlatlineCore

/// What the TCP_INFO detector remembers of one connection.
public struct TCPInfoState: BitwiseCopyable, Sendable {
  /// What the standing ballot says, as far as it tells one ballot from the next.
  struct Standing: BitwiseCopyable, Sendable, Hashable {
    private let leaning: Leaning
    /// It blames the path.
    let blamesPath: Bool
    private let blamesRouter: Bool

    /// From the ballot's evidence; `nil` for no ballot, or one that need not be taken back.
    init(_ evidence: Evidence? = nil) {
      leaning = evidence?.leaning ?? .abstaining
      blamesPath = evidence?.layer == .path
      blamesRouter = evidence?.cause == .hostUnreachable
    }

    /// Not a good one.
    var isTrouble: Bool { leaning > .alive }
    var isDeath: Bool { leaning == .dead }
  }

  /// When the last sample was taken.
  private var sampled: MonotonicTime = .never
  /// Since when data has been in flight without new bytes being acknowledged; `never` while none is.
  private(set) var stallStart: MonotonicTime = .never
  /// The low half of the count of acknowledged bytes: enough to see it move.
  private var acknowledged: UInt32
  /// What earlier stalls teach.
  var patience = Patience()
  /// What the standing ballot says.
  var standing = Standing()
  /// The peer's FIN has been told.
  var hasHalfClosed = false

  init(acknowledged: UInt64) {
    self.acknowledged = UInt32(truncatingIfNeeded: acknowledged)
  }

  /// Takes a sample in; `nearness` is how far back the last one may lie to tell when a stall began.
  mutating func track(_ info: TCPInfo, _ now: MonotonicTime, nearness: Duration) {
    let count = UInt32(truncatingIfNeeded: info.bytesAcknowledged)
    let hasProgressed = count != acknowledged
    if !info.isInFlight {
      stallStart = .never
    } else if hasProgressed || stallStart == .never {
      stallStart = min(now, start(info, hasProgressed: hasProgressed, now, nearness))
    }
    acknowledged = count
    sampled = now
  }

  /// When the oldest byte in flight was first sent, as nearly as can be told: TCP_INFO does not say.
  private func start(
    _ info: TCPInfo, hasProgressed: Bool, _ now: MonotonicTime, _ nearness: Duration
  ) -> MonotonicTime {
    let lastSent = now - info.sinceDataSent
    if sampled != .never, now - sampled <= nearness {
      // Not before the last look, when it was not there yet, nor before the last progress.
      return hasProgressed ? max(sampled, now - info.sinceAcknowledged) : sampled
    }
    // After a long gap, the last transmission; if that was a repetition, half the doubled time-out before it.
    return info.retransmits > 0 ? lastSent - info.retransmissionTimeout / 2 : lastSent
  }
}
