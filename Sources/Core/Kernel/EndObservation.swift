/// The values that remain readable after the kernel has ended a connection, and the cause derived from them.
///
/// Nothing is consumed: SO_ERROR, MSG_PEEK and every send or receive would take the pending error from the app.
/// TCP_INFO at CLOSE (measured on Linux 6.18): retransmits, probes and segment counts stay. The ages run on.
/// backoff and unacknowledged are cleared. A RST counts as a segment but not as an ACK.
public struct EndObservation: Sendable, Hashable {
  /// TCP_INFO after the end.
  public var info: TCPInfo
  /// Whether an error was pending (EPOLLERR); `nil` if not known.
  public var hasError: Bool?
  /// The last state seen before the end, if any.
  public var stateBefore: TCPState?
  /// Segments received at the last look before the end, if any.
  public var segmentsBefore: UInt32?
  /// ``TCPInfo/acknowledgedBeyondData`` with nothing in flight and no FIN sent, if a look ever saw that.
  public var beyondDataBefore: Int64?
  /// Whether this side itself sent a RST: a local program destroyed the connection.
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

  /// The cause of the end.
  public var cause: Cause {
    // The side that closed first keeps TIME_WAIT (RFC 9293, 3.6). ESTABLISHED at the last look: this side closed
    // since.
    if info.state == .timeWait, stateBefore == .established { return .localClosed }
    if isClean { return .peerClosed }
    // Certain only if the count is unchanged: other segments may have come since the last look.
    let heardNothing = segmentsBefore == info.segmentsReceived
    let hadUserTimeout = userTimeout > .zero && info.sinceAcknowledged + EndObservation.jiffies >= userTimeout
    if info.retransmits > 0 {
      // A time-out happens when the next retransmission is due. A RST comes one round trip after the last
      // retransmission.
      if hadUserTimeout || info.sinceDataSent + EndObservation.jiffies >= info.retransmissionTimeout {
        return .timedOut
      }
      return heardNothing ? .localClosed : .peerRestarted
    }
    if info.probes > 0 {
      if hadUserTimeout || info.probes >= keepaliveCount { return .timedOut }
      return heardNothing ? .localClosed : .peerRestarted
    }
    // With a closed window, the user time-out applies although the peer answers the probes (tcp_probe_timer).
    if isWindowClosed, userTimeout > .zero, info.sinceDataSent + EndObservation.jiffies >= userTimeout {
      return .timedOut
    }
    return heardNothing || hasSentReset ? .localClosed : .peerReset
  }

  /// The peer's window was closed while bytes waited.
  private var isWindowClosed: Bool { info.sendWindow == 0 && info.notSent > 0 }

  /// Whether the kernel waited for the peer. Only then do its limits show how the connection ended.
  var hasWaited: Bool { info.retransmits > 0 || info.probes > 0 || isWindowClosed }

  /// Both directions were closed in order. The absence of a pending error does not prove that: the app may have
  /// consumed the error. An ACK of our own FIN proves it.
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
