import FlatlineCore
import FlatlineEstimating

/// State of the heartbeat detector for one connection.
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
  /// The low half of the retransmitted bytes when the program was last heard.
  var retransmitted: UInt32
  /// Patience learned from earlier silences of the path.
  var patience = Patience()
  var statistics = ArrivalStatistics()
  /// Time to judge an already judged silence again; in the past if there is none.
  var reprieve = MonotonicTime(nanoseconds: 0)
  /// A ping or the handshake was sent, and nothing was received since.
  var isWaiting = false
  /// The last ping could not be asked (`PingOutcome.notNow`), and none was sent since.
  var isNotOurTurn = false
  /// The last ping waits in a stream that takes no more bytes (`PingOutcome.streamFull`).
  var isStreamFull = false
  /// At the last look, our own receive window left the peer no room for an answer.
  var isOwnWindowShut = false
  /// The accusation that stands is that of our own window.
  var isBackpressureSaid = false
  /// Since the program was last heard, a look found that the peer's host did not answer either.
  var wasPathSilent = false
  /// The connection's end was reported.
  var isOver = false
  /// The ballot that stands.
  var leaning: Leaning = .abstaining

  /// The state at the start: no ping was sent yet, and the first is due at once.
  init(_ info: TCPInfo, now: MonotonicTime) {
    lastHeard = now
    nextPing = now
    received = UInt32(truncatingIfNeeded: info.bytesReceived)
    retransmitted = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
  }

  /// From now on silence counts anew, and the next ping is the first: what was asked before is not waited for, and
  /// teaches the estimator nothing.
  mutating func startAfresh(at now: MonotonicTime) {
    lastHeard = now
    lastAnswer = .never
    answered = sequence
    reprieve = MonotonicTime(nanoseconds: 0)
    wasPathSilent = false
  }

  /// Records the counts at a moment when the program was heard.
  mutating func count(_ info: TCPInfo) {
    received = UInt32(truncatingIfNeeded: info.bytesReceived)
    retransmitted = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
  }
}
