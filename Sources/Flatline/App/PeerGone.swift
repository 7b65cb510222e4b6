/// The other end of a watched connection is gone: why, and what says so.
public struct PeerGone: Error, Hashable, Sendable {
  /// What happened.
  public let cause: Cause
  private let change: VerdictChange

  /// The death that a verdict tells; `nil` for any other verdict.
  public init?(_ change: VerdictChange) {
    guard case .dead(let cause) = change.verdict else { return nil }
    self.cause = cause
    self.change = change
  }

  /// Which detector said what, when, at which layer, since something began to look wrong.
  public var trail: Trail { change.trail }
  /// The ballots that decided, weightiest first, each with its raw facts.
  public var decidedBy: [Ballot] { change.decidedBy }
  /// The monitor's name for the connection.
  public var connection: ConnectionID { change.connection }
  /// When the verdict fell, on `CLOCK_MONOTONIC`.
  public var time: MonotonicTime { change.time }

  /// True when all that is known is the peer's FIN: it sends no more, but it may still read what is sent to it,
  /// and bytes that came before the FIN can still be read (RFC 9293, 3.6).
  public var isHalfClose: Bool { change.isHalfClose }
}

extension PeerGone: CustomStringConvertible {
  /// One line, with the verdict as `flatline watch` prints it:
  /// `the peer is gone: dead(pathSilent)  by tcp-info, keepalive`.
  public var description: String { "the peer is gone: \(change.outcome())" }
}

extension VerdictChange {
  /// Whether every ballot that decided knows of the peer's FIN and of nothing more.
  package var isHalfClose: Bool { !decidedBy.isEmpty && decidedBy.allSatisfy(\.evidence.isHalfClose) }
}
