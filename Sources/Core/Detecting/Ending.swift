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
    let hadUserTimeout = userTimeout > .zero && info.sinceAcknowledged + Ending.jiffies >= userTimeout
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
    // A closed window runs into the user time-out although its probes are answered (tcp_probe_timer).
    if isWindowClosed, userTimeout > .zero, info.sinceDataSent + Ending.jiffies >= userTimeout {
      return .timedOut
    }
    return heardNothing || hasSentReset ? .localClosed : .peerReset
  }

  /// The peer took no more while there was more for it.
  private var isWindowClosed: Bool { info.sendWindow == 0 && info.notSent > 0 }

  /// Whether the kernel had something to wait for: only there do its limits tell how it ended.
  fileprivate var hasWaited: Bool { info.retransmits > 0 || info.probes > 0 || isWindowClosed }

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

/// What a detector remembers of a connection in order to tell its end: sixteen bytes.
public struct BeforeEnding: BitwiseCopyable, Sendable {
  private var segments: UInt32
  /// Milliseconds of the monotonic clock, the low half.
  private var seen: UInt32
  /// The low halves of counts: segments sent without data, those sent with data, and what the peer has sent.
  private var bareSent: UInt16
  private var dataSent: UInt16
  private var received: UInt16
  /// The state at the last look.
  public private(set) var tcpState: TCPState
  /// Zero or one; larger is not known.
  private var beyondData: UInt8

  /// What the first look saw.
  public init(_ info: TCPInfo, at now: MonotonicTime) {
    segments = info.segmentsReceived
    bareSent = info.bareSegmentsSent.lowHalf
    dataSent = info.dataSegmentsSent.lowHalf
    received = info.dataAndEndReceived
    seen = BeforeEnding.milliseconds(now)
    tcpState = info.state
    beyondData = .max
    update(info, at: now)
  }

  /// Takes a reading of a living connection in.
  public mutating func update(_ info: TCPInfo, at now: MonotonicTime) {
    segments = info.segmentsReceived
    bareSent = info.bareSegmentsSent.lowHalf
    dataSent = info.dataSegmentsSent.lowHalf
    received = info.dataAndEndReceived
    seen = BeforeEnding.milliseconds(now)
    tcpState = info.state
    if let seen = info.beyondDataAtRest { beyondData = seen }
  }

  /// Segments received when last looked. Not told of a look just before: the kernel counts a RST a moment before
  /// it acts on it.
  func segments(at now: MonotonicTime) -> UInt32? {
    BeforeEnding.milliseconds(now) &- seen >= 20 && !tcpState.isOver ? segments : nil
  }

  /// Whether, since the last look, one segment was sent that nothing of the peer's asked for, while the peer sent no
  /// more than answers: a FIN of ours, a window told anew, or a RST of ours. A RST of the peer's would be an answer
  /// too many.
  func sentOneUnasked(_ info: TCPInfo, at now: MonotonicTime) -> Bool {
    // What the peer sends is acknowledged: without data, and asked for. So is its FIN.
    guard tcpState == .established, info.dataAndEndReceived == received else { return false }
    let answers = info.segmentsReceived &- segments
    let asked = UInt32(info.dataSegmentsSent.lowHalf &- dataSent)
    let bare = UInt32(info.bareSegmentsSent.lowHalf &- bareSent)
    if bare == 1 { return answers <= asked }
    // The others were keepalive probes, each answered: an ACK was heard, which a RST does not count as.
    let gap = Duration.milliseconds(Int64(BeforeEnding.milliseconds(now) &- seen))
    return bare > 1 && asked == 0 && answers == bare - 1 && info.sinceAcknowledged < gap
  }

  var beyondDataBefore: Int64? { beyondData <= 1 ? Int64(beyondData) : nil }

  private static func milliseconds(_ time: MonotonicTime) -> UInt32 {
    UInt32(truncatingIfNeeded: time.nanoseconds / 1_000_000)
  }
}

extension TCPInfo {
  /// ``acknowledgedBeyondData``, zero or one, with nothing in flight and no FIN sent; `nil` at any other time. At the
  /// end, what is more than that is the FIN of this side.
  package var beyondDataAtRest: UInt8? {
    guard state == .established, !isInFlight, (0...1).contains(acknowledgedBeyondData) else { return nil }
    return UInt8(acknowledgedBeyondData)
  }

  /// Moves with every segment of data that came, and with a FIN, which the kernel counts among the bytes
  /// (tcp_data_queue, net/ipv4/tcp_input.c).
  fileprivate var dataAndEndReceived: UInt16 {
    UInt16(truncatingIfNeeded: bytesReceived &+ UInt64(dataSegmentsReceived))
  }

  fileprivate var bareSegmentsSent: UInt32 { segmentsSent &- dataSegmentsSent }
}

extension UInt32 {
  fileprivate var lowHalf: UInt16 { UInt16(truncatingIfNeeded: self) }
}

extension BorrowedSocket {
  /// What the kernel itself has ended of the connection, as conclusive evidence; `nil` while it has ended
  /// nothing.
  ///
  /// - Parameters:
  ///   - info: TCP_INFO, as it is now.
  ///   - hasError: whether epoll reported an error; `nil` if not known.
  ///   - before: what was seen of the connection before, if anything.
  ///   - now: the time of the evidence.
  public func ending(
    _ info: TCPInfo, hasError: Bool? = nil, before: BeforeEnding? = nil, at now: MonotonicTime
  ) -> Evidence? {
    ending(info, hasError: hasError, before: before, beyondDataBefore: before?.beyondDataBefore, at: now)
  }

  /// The same for who has seen no more of the connection before than its ``TCPInfo/beyondDataAtRest``.
  package func ending(
    _ info: TCPInfo, hasError: Bool?, beyondDataBefore: UInt8?, at now: MonotonicTime
  ) -> Evidence? {
    ending(
      info, hasError: hasError, before: nil, beyondDataBefore: beyondDataBefore.map(Int64.init), at: now)
  }

  private func ending(
    _ info: TCPInfo, hasError: Bool?, before: BeforeEnding?, beyondDataBefore: Int64?, at now: MonotonicTime
  ) -> Evidence? {
    if info.state.isOver {
      var ending = Ending(
        info: info, hasError: hasError, stateBefore: before?.tcpState,
        segmentsBefore: before?.segments(at: now),
        beyondDataBefore: beyondDataBefore)
      if before?.sentOneUnasked(info, at: now) == true, let beyondData = ending.beyondDataBefore,
        let waiting = try? unacknowledged()
      {
        // A FIN of ours would be one more than the bytes that wait.
        ending.hasSentReset = info.acknowledgedBeyondData + Int64(waiting - info.notSent) == beyondData
      }
      if ending.hasWaited {
        ending.userTimeout = .milliseconds(Int64((try? option(.userTimeout)) ?? 0))
        ending.keepaliveCount = Int((try? option(.keepaliveCount)) ?? 9)
      }
      return Evidence(
        .dead, layer: .connection, cause: ending.cause, at: now, isConclusive: true, tcpInfo: info)
    }
    guard info.state.peerHasFinished else { return nil }
    var evidence = Evidence(
      .dead, layer: .process, cause: .peerClosed, at: now, isConclusive: true, isHalfClose: true,
      tcpInfo: info)
    evidence.unread = (try? unreadBytes()) ?? 0
    return evidence
  }
}
