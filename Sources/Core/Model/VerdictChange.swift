/// A verdict on one connection that differs from the one before, with the ballots that decided it.
public struct VerdictChange: Sendable {
  /// Shared, for the same reason as the content of a ballot.
  private final class Content: Sendable {
    let connection: ConnectionID
    let verdict: Verdict
    let previous: Verdict
    let cause: Cause?
    let deciders: Deciders
    let record: Trail.Record
    let time: MonotonicTime
    let isOrderly: Bool

    init(
      _ connection: ConnectionID, _ verdict: Verdict, _ previous: Verdict, _ cause: Cause?,
      _ deciders: Deciders, _ record: Trail.Record, _ time: MonotonicTime, _ isOrderly: Bool
    ) {
      self.connection = connection
      self.verdict = verdict
      self.previous = previous
      self.cause = cause
      self.deciders = deciders
      self.record = record
      self.time = time
      self.isOrderly = isOrderly
    }
  }

  private let content: Content

  init(
    _ connection: ConnectionID, _ verdict: Verdict, previous: Verdict, _ cause: Cause?, _ deciders: Deciders,
    _ record: Trail.Record, time: MonotonicTime, isOrderly: Bool = false
  ) {
    content = Content(connection, verdict, previous, cause, deciders, record, time, isOrderly)
  }

  /// The monitor's name for the connection.
  public var connection: ConnectionID { content.connection }
  /// The new verdict.
  public var verdict: Verdict { content.verdict }
  /// The verdict before.
  public var previous: Verdict { content.previous }
  /// The cause, derived from the ballots of all layers; `nil` for alive.
  public var cause: Cause? { content.cause }
  /// The ballots that decided, weightiest first; empty for alive.
  public var decidedBy: [Ballot] { content.deciders.byWeight }
  /// Time of the verdict, on `CLOCK_MONOTONIC`.
  public var time: MonotonicTime { content.time }
  /// True when the peer ended the connection in order, so that it is no failure: the cause is `peerClosed`, by a FIN with
  /// nothing in flight, nothing unread and no question of ours open. So a server ends a connection that was idle, or that
  /// has carried its number of requests. See ``ConnectionEnd/isOrderly``.
  public var isOrderly: Bool { content.isOrderly }
  /// The ballots since the first sign of trouble: detector, evidence, time and layer. Sorted on access, so that no
  /// verdict waits for it.
  public var trail: Trail { content.record.trail(decidedBy: decidedBy) }
}

extension VerdictChange {
  /// A change as a monitor reports it, for tests of code that takes one.
  ///
  /// - Parameters:
  ///   - connection: the monitor's name for the connection.
  ///   - verdict: the new verdict.
  ///   - previous: the verdict before.
  ///   - cause: the cause; `nil` for alive.
  ///   - decidedBy: the ballots that decided.
  ///   - time: the time of the verdict, on `CLOCK_MONOTONIC`.
  ///   - isOrderly: whether the peer ended the connection in order.
  public init(
    connection: ConnectionID, verdict: Verdict, previous: Verdict, cause: Cause?, decidedBy: [Ballot],
    time: MonotonicTime, isOrderly: Bool = false
  ) {
    self.init(
      connection, verdict, previous: previous, cause, Deciders(decidedBy), Trail.Record(), time: time,
      isOrderly: isOrderly)
  }
}

extension VerdictChange: Hashable {
  public static func == (left: VerdictChange, right: VerdictChange) -> Bool {
    left.content === right.content
      || (left.connection == right.connection && left.verdict == right.verdict
        && left.previous == right.previous && left.cause == right.cause
        && left.isOrderly == right.isOrderly && left.decidedBy == right.decidedBy
        && left.time == right.time && left.trail == right.trail)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(connection)
    hasher.combine(verdict)
    hasher.combine(time)
  }
}
