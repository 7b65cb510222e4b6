/// Evidence of life on a connection that was called dead without proof. The death stays: a connection that is dead gets
/// no other verdict. A mistake is an event of its own.
public struct Mistake: Sendable, Hashable {
  /// The monitor's name for the connection.
  public let connection: ConnectionID
  /// The cause of the death that was called.
  public let cause: Cause
  /// What speaks for life.
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
