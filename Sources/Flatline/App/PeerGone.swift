/// The other end of a watched connection is gone: the cause, and the evidence for it.
public struct PeerGone: Error, Hashable, Sendable {
  /// The cause of the death.
  public let cause: Cause
  private let change: VerdictChange

  /// From the death in a verdict change; `nil` for any other verdict.
  public init?(_ change: VerdictChange) {
    guard case .dead(let cause) = change.verdict else { return nil }
    self.cause = cause
    self.change = change
  }

  /// The evidence of each detector, with its time and layer, since something began to look wrong.
  public var trail: Trail { change.trail }
  /// The ballots that decided, weightiest first, each with its raw facts.
  public var decidedBy: [Ballot] { change.decidedBy }
  /// The monitor's name for the connection.
  public var connection: ConnectionID { change.connection }
  /// When the verdict fell, on `CLOCK_MONOTONIC`.
  public var time: MonotonicTime { change.time }

  /// True when the peer's FIN is all that is known. The peer sends no more, but it may still read what is sent to it,
  /// and bytes that came before the FIN can still be read (RFC 9293, 3.6).
  public var isHalfClose: Bool { change.isHalfClose }

  /// True when the peer ended the connection in order and this is no failure: a FIN, with nothing in flight, nothing
  /// unread, and no question of ours open. A server that recycles connections does that. A pool drops such a connection
  /// without an alarm and without back-off.
  ///
  /// On a connection that this side opened, or pings, a question is open while the last data on the stream is ours. The
  /// kernel tells the two directions apart by its tick, of 10 ms at the most.
  public var isOrderly: Bool { change.isOrderly }
}

extension PeerGone: CustomStringConvertible {
  /// One line, with the verdict as `flatline watch` prints it:
  /// `the peer is gone: dead(pathSilent)  by tcp-info, keepalive`.
  public var description: String { "the peer is gone: \(change.outcome())" }
}

extension VerdictChange {
  /// Whether every deciding ballot rests on the peer's FIN alone.
  package var isHalfClose: Bool { !decidedBy.isEmpty && decidedBy.allSatisfy(\.evidence.isHalfClose) }
}
