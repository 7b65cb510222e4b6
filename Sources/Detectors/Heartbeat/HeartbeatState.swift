import FlatlineCore
import FlatlineEstimating

/// What the heartbeat detector remembers of one connection.
public struct HeartbeatState: BitwiseCopyable, Sendable {
  /// When the peer's program was last heard.
  var lastHeard: MonotonicTime
  /// When an answer to a ping was last heard; `never` before the first.
  var lastAnswer: MonotonicTime = .never
  /// When to ping next; `never` for a stream that cannot be pinged.
  var nextPing: MonotonicTime
  /// The ping sent last, by its place in the schedule.
  var sequence: UInt32 = 0
  /// The ping answered last, by its place in the schedule.
  var answered: UInt32 = 0
  /// The low half of the bytes the kernel had received at the last look.
  var received: UInt32
  /// The low half of the bytes sent again when the program was last heard.
  var retransmitted: UInt32
  /// What earlier silences of the path teach.
  var patience = Patience()
  var statistics = ArrivalStatistics()
  /// The silence was judged once and is judged again then; in the past for not so.
  var reprieve = MonotonicTime(nanoseconds: 0)
  /// A ping is out, or the handshake, and nothing has been heard since.
  var isWaiting = false
  /// A look since the program was last heard found that not even the peer's host answered.
  var wasPathSilent = false
  /// The ballot that stands.
  var leaning: Leaning = .abstaining

  /// What the beginning shows: nothing was asked yet, and the first ping is due at once.
  init(_ info: TCPInfo, now: MonotonicTime) {
    lastHeard = now
    nextPing = now
    received = UInt32(truncatingIfNeeded: info.bytesReceived)
    retransmitted = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
  }

  /// Takes in the counts of a moment when the program was heard.
  mutating func count(_ info: TCPInfo) {
    received = UInt32(truncatingIfNeeded: info.bytesReceived)
    retransmitted = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
  }
}
