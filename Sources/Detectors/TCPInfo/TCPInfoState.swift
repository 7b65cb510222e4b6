import FlatlineCore

/// State of the TCP_INFO detector for one connection.
public struct TCPInfoState: BitwiseCopyable, Sendable {
  /// The part of the standing ballot that distinguishes it from the next one.
  struct Standing: BitwiseCopyable, Sendable, Hashable {
    private let leaning: Leaning
    /// It blames the path.
    let blamesPath: Bool
    private let blame: Blame

    private enum Blame: UInt8 { case other, router, size, ourApp }

    /// From the ballot's evidence; `nil` for no ballot, or one that need not be taken back.
    init(_ evidence: Evidence? = nil) {
      leaning = evidence?.leaning ?? .abstaining
      blamesPath = evidence?.layer == .path
      blame =
        switch evidence?.cause {
        case .hostUnreachable?: .router
        case .largePacketsLost?: .size
        case .localBackpressure?: .ourApp
        default: .other
        }
    }

    /// The ballot accuses.
    var isTrouble: Bool { leaning > .alive }
    var isDeath: Bool { leaning == .dead }
  }

  /// When the last sample was taken.
  private var sampled: MonotonicTime = .never
  /// Since when data has been in flight without new bytes being acknowledged; `never` while none is.
  private(set) var stallStart: MonotonicTime = .never
  /// The low half of the count of acknowledged bytes: enough to see it move.
  private var acknowledged: UInt32
  /// Patience learned from earlier stalls.
  var patience = Patience()
  /// The standing ballot.
  var standing = Standing()
  /// The peer's FIN was reported.
  var hasHalfClosed = false
  /// What the peer's segments show.
  var segments: ReceivedSegments
  /// The peer's window is closed: the kernel's own time-outs are in force.
  var released = ReleasedOptions()

  /// The options that are released while the peer's window is closed.
  struct ReleasedOptions: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    static let userTimeout = ReleasedOptions(rawValue: 1)
    static let retransmissionTimeoutLimit = ReleasedOptions(rawValue: 2)
  }

  init(_ info: TCPInfo?) {
    acknowledged = UInt32(truncatingIfNeeded: info?.bytesAcknowledged ?? 0)
    segments = ReceivedSegments(info)
  }

  /// Records a sample. `nearness` is the greatest age of the last sample that still dates the start of a stall.
  mutating func track(_ info: TCPInfo, _ now: MonotonicTime, nearness: Duration) {
    let count = UInt32(truncatingIfNeeded: info.bytesAcknowledged)
    let hasProgressed = count != acknowledged
    if !info.isInFlight {
      stallStart = .never
    } else if hasProgressed || stallStart == .never {
      stallStart = min(now, start(info, hasProgressed: hasProgressed, now, nearness))
      segments.forgetHearing()
    }
    segments.track(info, now, stallStart: stallStart)
    acknowledged = count
    sampled = now
  }

  /// Lets a stall begin now. Returns whether the standing ballot accuses, and drops it.
  mutating func forgetStall(_ info: TCPInfo, at now: MonotonicTime) -> Bool {
    segments = ReceivedSegments(info)
    if stallStart != .never { stallStart = now }
    defer { standing = Standing() }
    return standing.isTrouble
  }

  /// Estimated time of the first transmission of the oldest byte in flight; TCP_INFO does not report it.
  private func start(
    _ info: TCPInfo, hasProgressed: Bool, _ now: MonotonicTime, _ nearness: Duration
  ) -> MonotonicTime {
    let lastSent = now - info.sinceDataSent
    if sampled != .never, now - sampled <= nearness {
      // Not before the last look, when the byte was not in flight yet, nor before the last progress.
      return hasProgressed ? max(sampled, now - info.sinceAcknowledged) : sampled
    }
    // After a long gap: the last transmission. If that was a retransmission: half the doubled time-out before it.
    return info.retransmits > 0 ? lastSent - info.retransmissionTimeout / 2 : lastSent
  }
}
