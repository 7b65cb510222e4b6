/// A verdict on one connection that differs from the one before, with the ballots that decided it.
public struct VerdictChange: Sendable {
  /// Shared, as that of a ballot.
  private final class Content: Sendable {
    let connection: ConnectionID
    let verdict: Verdict
    let previous: Verdict
    let cause: Cause?
    let deciders: Deciders
    let time: MonotonicTime

    init(
      _ connection: ConnectionID, _ verdict: Verdict, _ previous: Verdict, _ cause: Cause?,
      _ deciders: Deciders, _ time: MonotonicTime
    ) {
      self.connection = connection
      self.verdict = verdict
      self.previous = previous
      self.cause = cause
      self.deciders = deciders
      self.time = time
    }
  }

  private let content: Content

  public init(
    connection: ConnectionID, verdict: Verdict, previous: Verdict, cause: Cause?, decidedBy: [Ballot],
    time: MonotonicTime
  ) {
    content = Content(connection, verdict, previous, cause, Deciders(decidedBy), time)
  }

  init(
    _ connection: ConnectionID, _ verdict: Verdict, previous: Verdict, _ cause: Cause?, _ deciders: Deciders,
    time: MonotonicTime
  ) {
    content = Content(connection, verdict, previous, cause, deciders, time)
  }

  public var connection: ConnectionID { content.connection }
  public var verdict: Verdict { content.verdict }
  public var previous: Verdict { content.previous }
  /// Why: the cause of the weightiest deciding ballot; `nil` for alive.
  public var cause: Cause? { content.cause }
  /// The ballots that decided, weightiest first; empty for alive.
  public var decidedBy: [Ballot] { content.deciders.byWeight }
  public var time: MonotonicTime { content.time }
}

extension VerdictChange: Hashable {
  public static func == (left: VerdictChange, right: VerdictChange) -> Bool {
    left.content === right.content
      || (left.connection == right.connection && left.verdict == right.verdict
        && left.previous == right.previous && left.cause == right.cause
        && left.decidedBy == right.decidedBy && left.time == right.time)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(connection)
    hasher.combine(verdict)
    hasher.combine(time)
  }
}
