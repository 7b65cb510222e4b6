import FlatlineCore

/// What the TCP_INFO detector remembers of one connection.
public struct TCPInfoState: BitwiseCopyable, Sendable {
  /// When to sample next.
  var next: MonotonicTime
  /// When the last sample was taken.
  private var sampled: MonotonicTime = .never
  /// Since when data has been in flight without new bytes being acknowledged; `never` while none is.
  private(set) var stallStart: MonotonicTime = .never
  /// The low half of the count of acknowledged bytes: enough to see it move.
  private var acknowledged: UInt32
  /// The options as they were.
  let pace: RetransmissionPace
  // In the room that the options leave: every watched connection has one of these.
  /// What the standing ballot says.
  var standing: Leaning = .abstaining
  /// The standing ballot blames the path.
  var doubtsPath = false
  /// What the last sample saw, to tell an end from.
  var before: BeforeEnding
  /// What earlier stalls teach.
  var patience = Patience()
  /// The standing ballot is not a good one.
  var isTroubled: Bool { standing > .alive }

  init(pace: RetransmissionPace, next: MonotonicTime, acknowledged: UInt64, before: BeforeEnding) {
    self.pace = pace
    self.next = next
    self.acknowledged = UInt32(truncatingIfNeeded: acknowledged)
    self.before = before
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
    before.update(info, at: now)
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
