import FlatlineCore

/// A look that can be made again: a `Look` itself cannot be copied.
struct LookCopy {
  let now: MonotonicTime
  private let reasons: LookReasons
  private let hasSoftError: Bool
  private let tcpInfo: TCPInfo?
  private let end: ConnectionEnd?
  private let unread: Int?
  private let options: [SocketOption: CInt]
  private let descriptor: CInt
  private let canPing: Bool

  init(_ look: borrowing Look) {
    now = look.now
    reasons = LookReasons(look)
    hasSoftError = look.hasSoftError
    tcpInfo = look.tcpInfo
    end = look.end
    unread = look.unread
    options = look.options
    descriptor = look.descriptor
    canPing = look.canPing
  }

  /// The same look.
  var look: Look {
    var look = Look(
      now: now, readiness: reasons.readiness, hasSoftError: hasSoftError, isDue: reasons.isDue,
      received: reasons.received, isChallenged: reasons.isChallenged, stall: reasons.stall,
      pingOutcome: reasons.pingOutcome,
      changedOptions: reasons.changedOptions, tcpInfo: tcpInfo, end: end, unread: unread, options: options,
      descriptor: descriptor, canPing: canPing, isPaused: reasons.isPaused, slept: reasons.slept)
    look.setNews(reasons.anyNews)
    return look
  }
}
