/// Whether a pooled connection may carry another request, with the reason if not; see ``isReusable(_:)``.
///
/// It is about an idle connection: the last answer was read, and nothing was asked since. It shows what the kernel
/// knows at this moment. A peer that went silent while nothing was in flight looks well.
public enum Reusability: Hashable, Sendable, BitwiseCopyable {
  /// Nothing speaks against it.
  case reusable
  /// The connection is of no more use.
  case unusable(Reason)

  /// The reason why a connection is of no more use.
  @nonexhaustive
  public enum Reason: Int32, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    /// The descriptor is not open (EBADF).
    case notOpen = 1
    /// The descriptor is no TCP socket.
    case notTCP = 2
    /// A TCP socket that is not connected: it listens, connects, or never did.
    case notConnected = 3
    /// Both directions ended in order, or by an error that the app has taken.
    case closed = 4
    /// One direction ended: the peer sent FIN, or this side shut its writing down (RFC 9293, 3.6).
    case halfClosed = 5
    /// A RST ended it, or another error that is still pending (SO_ERROR).
    case reset = 6
    /// The kernel gave up on a peer that did not answer.
    case timedOut = 7
    /// Bytes wait that nobody asked for: a server says so why it is about to close, or an answer was left behind.
    /// Protocols in which the server speaks first at any time, and TLS 1.3 with its tickets, do that in health: read
    /// before you ask.
    case unread = 8
    /// Data is in flight and the peer's host does not acknowledge it, or leaves keepalive probes unanswered.
    case silent = 9
    /// Both ends are this socket: a connect to a free port of one's own host met itself (RFC 9293, 3.5, simultaneous
    /// open).
    case connectedToItself = 10
  }

  /// Whether nothing speaks against it.
  public var isReusable: Bool { self == .reusable }

  /// The reason against it, if any.
  public var reason: Reason? {
    if case .unusable(let reason) = self { reason } else { nil }
  }
}

extension Reusability: CustomStringConvertible {
  /// `reusable`, or the reason: `half-closed`.
  public var description: String { reason?.description ?? "reusable" }
}

extension Reusability.Reason: CustomStringConvertible {
  /// One or a few words: `half-closed`.
  public var description: String {
    switch self {
    case .notOpen: "not open"
    case .notTCP: "not TCP"
    case .notConnected: "not connected"
    case .closed: "closed"
    case .halfClosed: "half-closed"
    case .reset: "reset"
    case .timedOut: "timed out"
    case .unread: "unread bytes"
    case .silent: "silent"
    case .connectedToItself: "connected to itself"
    }
  }
}

extension Reusability {
  /// The reason that a reading alone shows against a connection; `nil` for none.
  ///
  /// - Parameters:
  ///   - info: TCP_INFO, as it is now.
  ///   - cause: the cause of the end, if an error is pending. Asked only at an end.
  static func reason(_ info: TCPInfo, cause: () -> Cause?) -> Reason? {
    switch info.state {
    case .established: return isSilent(info) ? .silent : nil
    case .closeWait, .lastAck, .closing, .finWait1, .finWait2: return .halfClosed
    case .listen, .synSent, .synReceived, .newSynReceived: return .notConnected
    case .close, .timeWait:
      if info.segmentsSent == 0 { return .notConnected }
      guard let cause = cause() else { return .closed }
      return cause == .timedOut ? .timedOut : .reset
    }
  }

  /// Whether the peer's host owes an answer for longer than a retransmission time-out.
  private static func isSilent(_ info: TCPInfo) -> Bool {
    // A peer that does not read answers the probes of its closed window.
    if info.isWindowClosed { return info.unansweredProbes > 0 }
    // At rest, the last keepalive probe may be on its way; the one before it is not.
    guard info.isInFlight else { return info.probes > 1 }
    return info.retransmits > 0 || info.probes > 0
      || min(info.sinceAcknowledged, info.sinceDataSent) > info.retransmissionTimeout
  }

  /// Whether a connection has received just what it has sent. One that is connected to itself has; nearly no other.
  static func mayBeItself(_ info: TCPInfo) -> Bool {
    // A loss leaves the counts of segments apart.
    let hasLost = info.bytesRetransmitted > 0 || info.isInFlight
    guard info.segmentsReceived == info.segmentsSent || hasLost else { return false }
    let sent = Int64(clamping: info.bytesAcknowledged) - info.acknowledgedBeyondData
    let received = Int64(clamping: info.bytesReceived)
    return received <= sent && received >= sent - Int64(info.bytesInFlight)
  }
}
