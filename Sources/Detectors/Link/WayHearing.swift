import FlatlineCore

/// Whether the peer answers what this side has sent over a new way: eight bytes a connection. Pure.
///
/// The peer's packets may take their old way: that they come shows nothing. One of these shows that ours arrive:
/// - An ACK of data that was first sent after the change.
/// - A segment without data, after nothing was left to be acknowledged: the answer to a keepalive probe. A probe of the
///   peer's is no acceptable ACK (RFC 9293, 3.8.4), and does not count.
/// - New data, once a sender without ACKs would only retransmit (RFC 6298, 5.4 to 5.7).
struct WayHearing: BitwiseCopyable, Sendable {
  /// Low half of the bytes of data that were sent before the change.
  private var sent: UInt32 = 0
  /// Low half of the segments without data that were received by then.
  private var bare: UInt16 = 0
  /// When new data was first received after the change, in units of 16 ms after it, and one more; zero for never.
  /// The highest bit: something was still unanswered at the last reading. All bits: there was no reading yet.
  private var marks = UInt16.max

  private static let pendingBit: UInt16 = 1 << 15
  private static let unit = Duration.milliseconds(16)
  /// A sender without ACKs has stopped to send new data by then, with the time-out of its own path added.
  private static let patience = Duration.seconds(1)

  /// The way has changed, and the next reading is the first.
  init() {}

  /// The way has changed, as this reading was made.
  init(_ info: TCPInfo) {
    sent = info.dataSent
    bare = info.bareReceived
    marks = info.hasUnanswered ? WayHearing.pendingBit : 0
  }

  /// Takes a reading.
  ///
  /// - Parameter elapsed: time since the change.
  /// - Returns: whether it shows that the peer hears this side.
  mutating func hears(_ info: TCPInfo, after elapsed: Duration) -> Bool {
    guard marks != .max else {
      self = WayHearing(info)
      return false
    }
    // Our SYN may count as one byte more.
    let beyond = Int32(bitPattern: info.dataAcknowledged &- sent)
    if beyond > 1 { return true }
    return hearsBare(info, after: elapsed) || hearsData(info, after: elapsed)
  }

  private mutating func hearsBare(_ info: TCPInfo, after elapsed: Duration) -> Bool {
    guard marks & WayHearing.pendingBit == 0 else {
      // Its answer may still come, to what was sent before the change.
      bare = info.bareReceived
      if !info.hasUnanswered { marks &= ~WayHearing.pendingBit }
      return false
    }
    return info.bareReceived != bare && info.sinceAcknowledged < elapsed
  }

  private mutating func hearsData(_ info: TCPInfo, after elapsed: Duration) -> Bool {
    let last = elapsed - info.sinceDataReceived
    guard last > .zero else { return false }
    let first = marks & ~WayHearing.pendingBit
    guard first > 0 else {
      let units = last.clampedNanoseconds / WayHearing.unit.clampedNanoseconds
      // After so long a silence, the other signs must do.
      if units < 0x7ffe { marks |= UInt16(units + 1) }
      return false
    }
    return last > WayHearing.unit * Int(first) + WayHearing.patience + info.retransmissionTimeout * 2
  }
}

extension TCPInfo {
  /// Something was sent, data or a probe, and is not answered.
  fileprivate var hasUnanswered: Bool { unacknowledged > 0 || probes > 0 }
  /// Low half of the bytes of data sent, each counted once.
  fileprivate var dataSent: UInt32 { UInt32(truncatingIfNeeded: bytesSent &- bytesRetransmitted) }
  /// The same of those acknowledged, and our SYN.
  fileprivate var dataAcknowledged: UInt32 {
    UInt32(
      truncatingIfNeeded: Int64(truncatingIfNeeded: bytesSent &- bytesRetransmitted) &+ acknowledgedBeyondData
    )
  }
  /// Low half of the segments received without data.
  fileprivate var bareReceived: UInt16 {
    UInt16(truncatingIfNeeded: segmentsReceived &- dataSegmentsReceived)
  }
}
