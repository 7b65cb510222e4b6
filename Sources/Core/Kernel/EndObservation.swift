/// What remains readable of a connection after the kernel has ended it, and the cause that follows from it.
///
/// Nothing is consumed: SO_ERROR, MSG_PEEK and every send or receive would take the pending error from the app.
/// What TCP_INFO keeps at CLOSE (measured on Linux 6.18): retransmits, probes and segment counts stay, the
/// ages run on, backoff and unacknowledged are cleared, and a RST counts as a segment but not as an ACK.
public struct EndObservation: Sendable, Hashable {
  /// TCP_INFO after the end.
  public var info: TCPInfo
  /// Whether an error was pending (EPOLLERR); `nil` if not known.
  public var hasError: Bool?
  /// The last state seen before the end, if any.
  public var stateBefore: TCPState?
  /// Segments received when last seen before the end, if ever.
  public var segmentsBefore: UInt32?
  /// ``TCPInfo/acknowledgedBeyondData`` when nothing was in flight and no FIN sent, if that was ever seen.
  public var beyondDataBefore: Int64?
  /// Whether this side itself sent a reset: someone here destroyed the connection.
  public var hasSentReset: Bool
  /// TCP_USER_TIMEOUT; zero for none.
  public var userTimeout: Duration
  /// TCP_KEEPCNT.
  public var keepaliveCount: Int

  /// From its parts, each described at its property.
  public init(
    info: TCPInfo, hasError: Bool? = nil, stateBefore: TCPState? = nil, segmentsBefore: UInt32? = nil,
    beyondDataBefore: Int64? = nil, hasSentReset: Bool = false, userTimeout: Duration = .zero,
    keepaliveCount: Int = 9
  ) {
    self.info = info
    self.hasError = hasError
    self.stateBefore = stateBefore
    self.segmentsBefore = segmentsBefore
    self.beyondDataBefore = beyondDataBefore
    self.hasSentReset = hasSentReset
    self.userTimeout = userTimeout
    self.keepaliveCount = keepaliveCount
  }

  /// The kernel counts time in jiffies of at most 10 ms.
  private static let jiffies = Duration.milliseconds(10)

  /// What ended the connection.
  public var cause: Cause {
    // The side that closed first keeps TIME_WAIT (RFC 9293, 3.6); from one look to the next, its owner closed.
    if info.state == .timeWait, stateBefore == .established { return .localClosed }
    if isClean { return .peerClosed }
    // Certain only where it has not moved: other segments may have come since the last look.
    let heardNothing = segmentsBefore == info.segmentsReceived
    let hadUserTimeout = userTimeout > .zero && info.sinceAcknowledged + EndObservation.jiffies >= userTimeout
    if info.retransmits > 0 {
      // A time-out falls when the next retransmission is due; a RST comes a round trip after the last.
      if hadUserTimeout || info.sinceDataSent + EndObservation.jiffies >= info.retransmissionTimeout {
        return .timedOut
      }
      return heardNothing ? .localClosed : .peerRestarted
    }
    if info.probes > 0 {
      if hadUserTimeout || info.probes >= keepaliveCount { return .timedOut }
      return heardNothing ? .localClosed : .peerRestarted
    }
    // A closed window runs into the user time-out although its probes are answered (tcp_probe_timer).
    if isWindowClosed, userTimeout > .zero, info.sinceDataSent + EndObservation.jiffies >= userTimeout {
      return .timedOut
    }
    return heardNothing || hasSentReset ? .localClosed : .peerReset
  }

  /// The peer took no more while there was more for it.
  private var isWindowClosed: Bool { info.sendWindow == 0 && info.notSent > 0 }

  /// Whether the kernel had something to wait for: only there do its limits tell how it ended.
  var hasWaited: Bool { info.retransmits > 0 || info.probes > 0 || isWindowClosed }

  /// Both directions were shut in order. No pending error does not prove that: the app may have taken it. That our
  /// own FIN was acknowledged does.
  private var isClean: Bool {
    // A FIN goes out after the last byte.
    if hasError == true || info.notSent > 0 { return false }
    if let beyondDataBefore { return info.acknowledgedBeyondData > beyondDataBefore }
    if hasError == false { return true }
    switch stateBefore {
    case .finWait1, .finWait2, .closing, .lastAck: return true
    default: return false
    }
  }
}
