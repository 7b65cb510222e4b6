/// A verdict on one connection that differs from the one before, with the ballots that decided it.
public struct VerdictChange: Sendable {
  /// Shared, as that of a ballot.
  private final class Content: Sendable {
    let connection: ConnectionID
    let verdict: Verdict
    let previous: Verdict
    let cause: Cause?
    let deciders: Deciders
    let record: Trail.Record
    let time: MonotonicTime

    init(
      _ connection: ConnectionID, _ verdict: Verdict, _ previous: Verdict, _ cause: Cause?,
      _ deciders: Deciders, _ record: Trail.Record, _ time: MonotonicTime
    ) {
      self.connection = connection
      self.verdict = verdict
      self.previous = previous
      self.cause = cause
      self.deciders = deciders
      self.record = record
      self.time = time
    }
  }

  private let content: Content

  init(
    _ connection: ConnectionID, _ verdict: Verdict, previous: Verdict, _ cause: Cause?, _ deciders: Deciders,
    _ record: Trail.Record, time: MonotonicTime
  ) {
    content = Content(connection, verdict, previous, cause, deciders, record, time)
  }

  /// The monitor's name for the connection.
  public var connection: ConnectionID { content.connection }
  /// What is.
  public var verdict: Verdict { content.verdict }
  /// What was.
  public var previous: Verdict { content.previous }
  /// Why, told from what every layer says; `nil` for alive.
  public var cause: Cause? { content.cause }
  /// The ballots that decided, weightiest first; empty for alive.
  public var decidedBy: [Ballot] { content.deciders.byWeight }
  /// When the verdict fell, on `CLOCK_MONOTONIC`.
  public var time: MonotonicTime { content.time }
  /// Which detector said what, when, at which layer, since something began to look wrong. Put in order when asked
  /// for: a verdict does not wait for that.
  public var trail: Trail { content.record.trail(decidedBy: decidedBy) }
}

extension VerdictChange {
  /// A change as a monitor would tell it, for tests of what takes it.
  ///
  /// - Parameters:
  ///   - connection: the monitor's name for the connection.
  ///   - verdict: what is.
  ///   - previous: what was.
  ///   - cause: why; `nil` for alive.
  ///   - decidedBy: the ballots that decided.
  ///   - time: when the verdict fell, on `CLOCK_MONOTONIC`.
  public init(
    connection: ConnectionID, verdict: Verdict, previous: Verdict, cause: Cause?, decidedBy: [Ballot],
    time: MonotonicTime
  ) {
    self.init(
      connection, verdict, previous: previous, cause, Deciders(decidedBy), Trail.Record(), time: time)
  }
}

extension VerdictChange: Hashable {
  public static func == (left: VerdictChange, right: VerdictChange) -> Bool {
    left.content === right.content
      || (left.connection == right.connection && left.verdict == right.verdict
        && left.previous == right.previous && left.cause == right.cause
        && left.decidedBy == right.decidedBy && left.time == right.time && left.trail == right.trail)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(connection)
    hasher.combine(verdict)
    hasher.combine(time)
  }
}
