public import FlatlineCore

/// A connection of any process, as its detectors see it: TCP_INFO and both endpoints by sock_diag(7).
final class DiagConnection: ForeignSocket {
  private let session: DiagSession
  private let entry: DiagEntry
  /// The entry read in this turn.
  private var current: DiagEntry?
  /// The last reading while the kernel kept the connection, and its time.
  private var last: (info: TCPInfo, time: MonotonicTime)?
  private var end: TCPInfo?
  /// When the kernel was first found without it.
  private var vanished: MonotonicTime?

  /// The kernel reports a closed socket from a work queue (net/core/sock_diag.c).
  private static let closingDelay = Duration.milliseconds(5)
  /// A peer that comes back answers well before this many retransmissions.
  private static let manyRetransmissions = 8

  init(_ entry: DiagEntry, _ session: DiagSession) {
    self.entry = entry
    self.session = session
    session.follow(entry)
  }

  deinit {
    session.leave(entry)
  }

  func beginTurn() {
    current = nil
  }

  func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo {
    if let end { return end }
    if let info = current?.info { return info }
    let found = try session.now(entry)
    if let found, let info = found.info {
      current = found
      last = (info, .now())
      return info
    }
    // The socket is gone, or only its TIME_WAIT is left, which has no TCP_INFO.
    let now = MonotonicTime.now()
    let closing = session.closing(of: entry)
    let vanished = vanished ?? now
    self.vanished = vanished
    // The kernel reports a close by the owner a little after the socket is gone: ask again.
    if found == nil, closing == nil, last != nil, now < vanished + Self.closingDelay { throw .wouldBlock }
    let end = Self.end(last: last, left: found?.state, closing: closing, now: now)
    self.end = end
    return end
  }

  func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int {
    guard let current else { return 0 }
    // The kernel counts a FIN as a byte here.
    return max(0, Int(current.unread) - (current.state.peerHasFinished ? 1 : 0))
  }

  func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints { entry.endpoints }

  /// TCP_INFO as it would read after the end: `EndObservation` derives the cause from it. A socket that its owner still
  /// holds cannot be asked any more, so the cause is derived from what is left of it. Pure.
  ///
  /// - Parameters:
  ///   - last: the last reading of the living connection.
  ///   - left: the state in which the kernel remembers it, if it does.
  ///   - closing: TCP_INFO at the close by its owner, if that was seen.
  ///   - now: the present.
  static func end(
    last: (info: TCPInfo, time: MonotonicTime)?, left: TCPState?, closing: TCPInfo?, now: MonotonicTime
  ) -> TCPInfo {
    // TIME_WAIT, or FIN_WAIT2 without an owner: this side closed first (RFC 9293, 3.6).
    if left != nil {
      var info = last.map { $0.info.aged(by: now - $0.time) } ?? TCPInfo(state: .timeWait)
      info.state = .timeWait
      return info
    }
    if var info = closing {
      info.state = .close
      return info
    }
    guard let last else { return TCPInfo(state: .close) }
    var info = last.info.aged(by: now - last.time)
    info.state = .close
    // It vanished, and its owner had not closed it: the kernel timed out, or the last segment ended it.
    info.segmentsReceived &+= 1
    guard info.retransmits > 0 else { return info }
    // A RST answers a retransmission. If none was due since the last reading, none was sent: the kernel timed out. It
    // also timed out after very many retransmissions, and cut its last wait short for that.
    if info.sinceDataSent < info.retransmissionTimeout || info.retransmits >= manyRetransmissions {
      info.retransmissionTimeout = min(info.retransmissionTimeout, info.sinceDataSent)
    } else {
      info.sinceDataSent = .zero
    }
    return info
  }
}

extension Monitor {
  /// Watches a connection of any process by the detectors that need no descriptor: `tcp-info`, `socket-diag` and
  /// `link`.
  ///
  /// Without a descriptor some evidence is missing. An end is noticed at the next sample. Keepalive and heartbeat
  /// abstain, and a policy that rests on them alone never comes to a verdict.
  ///
  /// - Parameters:
  ///   - connection: which, as a ``DiagSession`` found it.
  ///   - session: where its readings come from.
  ///   - policy: which detectors, and how they vote.
  ///   - halfClose: what the peer's FIN means; `nil` for what the policy says.
  ///   - onEvent: called with each verdict change, each change of evidence and each mistake, on the monitor's thread.
  /// - Returns: the name of the connection in this monitor.
  public func watch(
    _ connection: DiagEntry, through session: DiagSession, policy: Policy,
    halfClose: Policy.HalfClose? = nil, onEvent: (@Sendable (WatchEvent) -> Void)? = nil
  ) throws(WatchError) -> ConnectionID {
    guard !connection.isSubflow else { throw .unfitConnection(reason: WatchError.multipathReason) }
    return try watch(
      DiagConnection(connection, session), policy: policy, halfClose: halfClose, onEvent: onEvent)
  }
}
