/// The other end of a watched connection is gone: why, and what says so.
public struct PeerGone: Error, Hashable, Sendable {
  /// What happened, as the weightiest ballot has it.
  public let cause: Cause
  /// The evidence, weightiest first: each ballot with its detector, time and raw facts.
  public let trail: [Ballot]
  /// The monitor's name for the connection.
  public let connection: ConnectionID
  /// When the verdict fell, on `CLOCK_MONOTONIC`.
  public let time: MonotonicTime

  /// - Parameters:
  ///   - cause: what happened.
  ///   - trail: the evidence, weightiest first.
  ///   - connection: the monitor's name for the connection.
  ///   - time: when the verdict fell.
  public init(cause: Cause, trail: [Ballot], connection: ConnectionID, time: MonotonicTime) {
    self.cause = cause
    self.trail = trail
    self.connection = connection
    self.time = time
  }

  /// The death that a verdict tells; `nil` for any other verdict.
  public init?(_ change: VerdictChange) {
    guard case .dead(let cause) = change.verdict else { return nil }
    self.init(
      cause: cause, trail: change.decidedBy, connection: change.connection, time: change.time)
  }

  /// True when all that is known is the peer's FIN: it sends no more, but it may still read what is sent to it,
  /// and bytes that came before the FIN can still be read (RFC 9293, 3.6).
  public var isHalfClose: Bool {
    !trail.isEmpty && trail.allSatisfy(\.evidence.isHalfClose)
  }
}

extension PeerGone: CustomStringConvertible {
  /// One line: `the peer is gone: pathSilent, by tcp-info, keepalive`.
  public var description: String {
    let names = trail.map(\.detector.rawValue).joined(separator: ", ")
    return "the peer is gone: \(cause)" + (names.isEmpty ? "" : ", by \(names)")
  }
}
