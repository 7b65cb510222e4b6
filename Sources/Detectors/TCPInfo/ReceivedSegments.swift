import FlatlineCore

/// Received segments, as far as they say something about data of ours that stays unacknowledged, or about our own
/// receiving side.
struct ReceivedSegments: BitwiseCopyable, Sendable {
  /// A trouble of our receiving side.
  enum Trouble: UInt8, Sendable {
    case none
    /// Data arrived out of order, and none in order since: something before it is missing.
    case hole
    /// Data arrived out of order and in order since the last sample: the hole may be filled.
    case perhapsHole
    /// Our window is closed: our app does not read.
    case closedWindow
  }

  // The largest first, to save memory. The low halves of milliseconds.
  private var troubleStart: UInt32 = 0
  private var heardAt: UInt32 = 0
  private var received: CountFingerprint
  // Low halves: enough to see the counts move.
  private var segments: UInt16
  private var data: UInt16
  private var outOfOrder: UInt16
  private(set) var trouble = Trouble.none
  /// Something was received during the stall that proves more than a repeated ACK.
  private(set) var hasHeard = false

  init(_ info: TCPInfo?) {
    received = CountFingerprint(info?.bytesReceived ?? 0)
    segments = UInt16(truncatingIfNeeded: info?.segmentsReceived ?? 0)
    data = UInt16(truncatingIfNeeded: info?.dataSegmentsReceived ?? 0)
    outOfOrder = UInt16(truncatingIfNeeded: info?.outOfOrderReceived ?? 0)
  }

  /// Records a sample. `stallStart` is the start of a stall of our own data; `never` while there is none.
  mutating func track(_ info: TCPInfo, _ now: MonotonicTime, stallStart: MonotonicTime) {
    let before = self
    let (trouble, hasHeard, troubleStart, heardAt) = (trouble, hasHeard, troubleStart, heardAt)
    self = ReceivedSegments(info)
    (self.trouble, self.hasHeard) = (trouble, hasHeard)
    (self.troubleStart, self.heardAt) = (troubleStart, heardAt)
    trackTrouble(info, before, now)
    if stallStart == .never { self.hasHeard = false } else { trackHearing(info, before, now, stallStart) }
  }

  /// A new stall begins.
  mutating func forgetHearing() { hasHeard = false }

  /// Settles whether there is a hole.
  mutating func settle(_ queue: OutOfOrderQueue) {
    guard trouble == .perhapsHole else { return }
    switch queue {
    case .holding: trouble = .hole
    case .empty: trouble = .none
    case .unknown: break
    }
  }

  /// How long the trouble of our receiving side has lasted.
  func troubleAge(_ now: MonotonicTime) -> Duration { ReceivedSegments.age(troubleStart, now) }

  /// The time since the first new data of the stall after which no duplicate came, or, on a connection that is perhaps not
  /// accepted, since the last segment.
  func hearingAge(_ now: MonotonicTime) -> Duration { ReceivedSegments.age(heardAt, now) }

  private mutating func trackTrouble(_ info: TCPInfo, _ before: ReceivedSegments, _ now: MonotonicTime) {
    let isNew = received != before.received
    switch trouble {
    case .closedWindow where !info.isReceiveWindowClosed: trouble = .none
    // An app that reads slowly reads.
    case .closedWindow where isNew: troubleStart = ReceivedSegments.milliseconds(now)
    case .hole where isNew, .perhapsHole where isNew: trouble = .none
    case .none, .hole, .perhapsHole, .closedWindow: break
    }
    if info.isReceiveWindowClosed, trouble != .closedWindow {
      trouble = .closedWindow
      troubleStart = ReceivedSegments.milliseconds(now)
    } else if trouble != .hole, outOfOrder != before.outOfOrder {
      // The last segment came later than the last data in order.
      let isBehind = info.sinceAcknowledged + .milliseconds(10) < info.sinceDataReceived
      guard !isNew || isBehind else { return }
      trouble = isNew ? .perhapsHole : .hole
      troubleStart = ReceivedSegments.milliseconds(isNew ? now - info.sinceDataReceived : now)
    }
  }

  private mutating func trackHearing(
    _ info: TCPInfo, _ before: ReceivedSegments, _ now: MonotonicTime, _ stallStart: MonotonicTime
  ) {
    if info.isPerhapsNotAccepted {
      guard segments != before.segments else { return }
      hasHeard = true
      heardAt = ReceivedSegments.milliseconds(now)
    } else if received != before.received {
      // New data and then the same again, between two samples: all segments had data, and the last came later.
      let hadDataOnly = segments &- before.segments == data &- before.data
      guard !hadDataOnly || info.sinceAcknowledged + .milliseconds(10) >= info.sinceDataReceived else {
        hasHeard = false
        return
      }
      let time = now - info.sinceDataReceived
      guard !hasHeard, time > stallStart else { return }
      hasHeard = true
      heardAt = ReceivedSegments.milliseconds(time)
    } else if data != before.data, outOfOrder == before.outOfOrder {
      // The peer sends again: it does not hear our acknowledgements.
      hasHeard = false
    }
  }

  private static func age(_ start: UInt32, _ now: MonotonicTime) -> Duration {
    .milliseconds(Int64(milliseconds(now) &- start))
  }

  private static func milliseconds(_ time: MonotonicTime) -> UInt32 {
    UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000)
  }
}
