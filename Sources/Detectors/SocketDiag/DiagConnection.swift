public import FlatlineCore

/// A connection of whatever process, as its detectors see it: TCP_INFO and the ends by sock_diag(7).
final class DiagConnection: ForeignSocket {
  private let session: DiagSession
  private let entry: DiagEntry
  /// What this turn has read.
  private var current: DiagEntry?
  /// What was last read while the kernel kept the connection, and when.
  private var last: (info: TCPInfo, time: MonotonicTime)?
  private var end: TCPInfo?
  /// When the kernel first had it no more.
  private var vanished: MonotonicTime?

  /// The kernel tells of a closed socket from a work queue (net/core/sock_diag.c).
  private static let closingDelay = Duration.milliseconds(5)
  /// A peer that comes back to answer is heard well before this.
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
    // Gone, or what is left is TIME_WAIT's, of which there is no TCP_INFO.
    let now = MonotonicTime.now()
    let closing = session.closing(of: entry)
    let vanished = vanished ?? now
    self.vanished = vanished
    // Who closed is told a little after the socket is gone: ask again.
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

  /// TCP_INFO as it would read after the end, for `EndObservation` to tell the cause from. A socket that its owner still
  /// holds cannot be asked any more, so what brought the end is told from what is left of it. Pure.
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
    // It vanished and its owner had not closed it: the kernel gave up, or the last segment said so.
    info.segmentsReceived &+= 1
    guard info.retransmits > 0 else { return info }
    // A RST answers a retransmission. One that was not due since the last reading was not sent, so it was the
    // kernel's patience that ended, as it also is after very many: it cut its last wait short for that.
    if info.sinceDataSent < info.retransmissionTimeout || info.retransmits >= manyRetransmissions {
      info.retransmissionTimeout = min(info.retransmissionTimeout, info.sinceDataSent)
    } else {
      info.sinceDataSent = .zero
    }
    return info
  }
}

extension Monitor {
  /// Watches a connection of whatever process by the detectors that need no descriptor: `tcp-info`, `socket-diag`
  /// and `link`.
  ///
  /// What a descriptor would give is missing: an end is noticed when it is next sampled, keepalive and heartbeat
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
    try watch(DiagConnection(connection, session), policy: policy, halfClose: halfClose, onEvent: onEvent)
  }
}
