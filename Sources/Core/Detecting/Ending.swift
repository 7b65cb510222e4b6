/// How the kernel ended a connection, told from what remains readable after the end.
///
/// Nothing is consumed: SO_ERROR, MSG_PEEK and every send or receive would take the pending error from the app.
/// What TCP_INFO keeps at CLOSE (measured on Linux 6.18): retransmits, probes and segment counts stay, the
/// ages run on, backoff and unacknowledged are cleared, and a RST counts as a segment but not as an ACK.
public struct Ending: Sendable, Hashable {
  /// TCP_INFO after the end.
  public var info: TCPInfo
  /// Whether an error was pending (EPOLLERR); `nil` if not known.
  public var hasError: Bool?
  /// The last state seen before the end, if any.
  public var stateBefore: TCPState?
  /// Segments received when last seen before the end, if ever.
  public var segmentsBefore: UInt32?
  /// TCP_USER_TIMEOUT; zero for none.
  public var userTimeout: Duration
  /// TCP_KEEPCNT.
  public var keepaliveCount: Int

  public init(
    info: TCPInfo, hasError: Bool? = nil, stateBefore: TCPState? = nil, segmentsBefore: UInt32? = nil,
    userTimeout: Duration = .zero, keepaliveCount: Int = 9
  ) {
    self.info = info
    self.hasError = hasError
    self.stateBefore = stateBefore
    self.segmentsBefore = segmentsBefore
    self.userTimeout = userTimeout
    self.keepaliveCount = keepaliveCount
  }

  /// The kernel counts time in jiffies of at most 10 ms.
  private static let jiffies = Duration.milliseconds(10)

  /// What ended the connection.
  public var cause: Cause {
    if isClean { return .peerClosed }
    let hadUserTimeout = userTimeout > .zero && info.sinceAcknowledged + Ending.jiffies >= userTimeout
    // Certain only where it has not moved: other segments may have come since the last look.
    let heardNothing = segmentsBefore == info.segmentsReceived
    if info.retransmits > 0 {
      // A time-out falls when the next retransmission is due; a RST comes a round trip after the last.
      if hadUserTimeout || info.sinceDataSent + Ending.jiffies >= info.retransmissionTimeout {
        return .timedOut
      }
      return heardNothing ? .localClosed : .peerRestarted
    }
    if info.probes > 0 {
      if hadUserTimeout || info.probes >= keepaliveCount { return .timedOut }
      return heardNothing ? .localClosed : .peerRestarted
    }
    return heardNothing ? .localClosed : .peerReset
  }

  /// Both directions were shut in order: HUP without ERR.
  private var isClean: Bool {
    if let hasError { return !hasError }
    switch stateBefore {
    case .finWait1, .finWait2, .closing, .lastAck: return true
    default: return false
    }
  }
}

extension BorrowedSocket {
  /// What the kernel itself has ended of the connection, as conclusive evidence; `nil` while it has ended
  /// nothing.
  ///
  /// - Parameters:
  ///   - info: TCP_INFO, as it is now.
  ///   - hasError: whether epoll reported an error; `nil` if not known.
  ///   - stateBefore: the last state seen before, if any.
  ///   - segmentsBefore: segments received when last looked, if ever.
  ///   - now: the time of the evidence.
  public func ending(
    _ info: TCPInfo, hasError: Bool? = nil, stateBefore: TCPState? = nil, segmentsBefore: UInt32? = nil,
    at now: MonotonicTime
  ) -> Evidence? {
    if info.state.isOver {
      let ending = Ending(
        info: info, hasError: hasError, stateBefore: stateBefore, segmentsBefore: segmentsBefore,
        userTimeout: .milliseconds(Int64((try? option(.userTimeout)) ?? 0)),
        keepaliveCount: Int((try? option(.keepaliveCount)) ?? 9))
      return Evidence(
        .dead, layer: .connection, cause: ending.cause, at: now, isConclusive: true, tcpInfo: info)
    }
    guard info.state.peerHasFinished else { return nil }
    let unread = (try? unreadBytes()) ?? 0
    return Evidence(
      .dead, layer: .process, cause: .peerClosed, at: now, isConclusive: true, isHalfClose: true,
      tcpInfo: info, notes: [.count("unread", unread)])
  }
}
