import FlatlineCore

/// Counts of received segments at the last look. They tell an answer of the peer's kernel from a duplicate.
///
/// A peer that does not hear our acknowledgements sends its data again. Each duplicate carries an old ACK number, which
/// sets `tcpi_probes` and `tcpi_last_ack_recv` back as an answer would (tcp_ack, net/ipv4/tcp_input.c). An answer to a
/// probe is a segment without data.
struct HeardSegments: BitwiseCopyable, Sendable {
  /// What was received since the last look.
  enum Hearing {
    case nothing
    /// Only data that this side has received and acknowledged before, or such data last of all.
    case duplicates
    /// New data: the peer lives, which proves nothing about our direction.
    case data
    /// A segment without data, or the ACK of data of ours.
    case answer
  }

  private var received = CountFingerprint(0)
  private var acknowledged = CountFingerprint(0)
  // The low parts: enough to see the counts move.
  private var data: UInt16 = 0
  private var bare: UInt16 = 0
  private var outOfOrder: UInt8 = 0

  init(_ info: TCPInfo?) {
    if let info { update(info) }
  }

  mutating func update(_ info: TCPInfo) {
    received = CountFingerprint(info.bytesReceived)
    acknowledged = CountFingerprint(info.bytesAcknowledged)
    data = UInt16(truncatingIfNeeded: info.dataSegmentsReceived)
    bare = UInt16(truncatingIfNeeded: info.segmentsReceived &- info.dataSegmentsReceived)
    outOfOrder = UInt8(truncatingIfNeeded: info.outOfOrderReceived)
  }

  /// What a reading shows beyond the last one. `tick` is the kernel's step of ages.
  func hearing(_ info: TCPInfo, tick: Duration) -> Hearing {
    let now = HeardSegments(info)
    guard now.acknowledged == acknowledged, now.bare == bare else { return .answer }
    guard now.data != data else { return .nothing }
    // Data that does not fit into our closed window is not taken: the peer sends it again as a probe.
    guard !info.isReceiveWindowClosed, now.outOfOrder == outOfOrder else { return .data }
    if now.received == received { return .duplicates }
    // All segments had data, and the last ACK came later than the last new data.
    return info.sinceAcknowledged + tick < info.sinceDataReceived ? .duplicates : .data
  }
}
