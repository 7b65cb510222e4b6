/// A connection that was told dead showed life after it. A death is final: no verdict follows it.
public struct Mistake: Hashable, Sendable {
  /// The monitor's name for the connection.
  public let connection: ConnectionID
  /// The cause of the death.
  public let cause: Cause
  /// What speaks for life.
  public let ballot: Ballot
  /// When it was said, on `CLOCK_MONOTONIC`.
  public let time: MonotonicTime

  /// From its parts, each described at its property.
  public init(connection: ConnectionID, cause: Cause, ballot: Ballot, time: MonotonicTime) {
    self.connection = connection
    self.cause = cause
    self.ballot = ballot
    self.time = time
  }
}
