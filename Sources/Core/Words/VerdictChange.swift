/// A verdict on one connection that differs from the one before, with the ballots that decided it.
public struct VerdictChange: Hashable, Sendable {
  public let connection: ConnectionID
  public let verdict: Verdict
  public let previous: Verdict
  /// Why, told from what every layer says; `nil` for alive.
  public let cause: Cause?
  /// The ballots that decided, weightiest first; empty for alive.
  public let decidedBy: [Ballot]
  public let time: MonotonicTime
  /// Which detector said what, when, at which layer, since something began to look wrong.
  public let trail: Trail

  public init(
    connection: ConnectionID, verdict: Verdict, previous: Verdict, cause: Cause?, decidedBy: [Ballot],
    time: MonotonicTime, trail: Trail = Trail()
  ) {
    self.connection = connection
    self.verdict = verdict
    self.previous = previous
    self.cause = cause
    self.decidedBy = decidedBy
    self.time = time
    self.trail = trail
  }
}
