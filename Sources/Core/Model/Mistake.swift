/// A sign of life on a connection after a dead verdict without proof. The verdict stays: a dead connection gets no
/// other verdict. A mistake is an event of its own.
public struct Mistake: Sendable, Hashable {
  /// The monitor's name for the connection.
  public let connection: ConnectionID
  /// The cause of the dead verdict.
  public let cause: Cause
  /// The ballot that contradicts the verdict.
  public let ballot: Ballot
  /// When it was noticed, on `CLOCK_MONOTONIC`.
  public let time: MonotonicTime

  /// From its parts, each described at its property.
  public init(connection: ConnectionID, cause: Cause, ballot: Ballot, time: MonotonicTime) {
    self.connection = connection
    self.cause = cause
    self.ballot = ballot
    self.time = time
  }
}
