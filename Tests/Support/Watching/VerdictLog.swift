public import FlatlineCore

/// What the monitor said of one connection, with times.
public final class VerdictLog: Sendable {
  private let log = Log<WatchEvent>()

  /// Nothing has been said.
  public init() {}

  /// Takes an event in: the handler of a watch.
  @Sendable public func take(_ event: WatchEvent) { log.add(event) }

  /// All events, in order.
  public var events: [WatchEvent] { log.entries }

  /// The changes of the verdict.
  public var changes: [VerdictChange] {
    events.compactMap { if case .verdict(let change) = $0 { change } else { nil } }
  }

  /// The verdicts, in order.
  public var verdicts: [Verdict] { changes.map(\.verdict) }

  /// The deaths that were mistakes.
  public var mistakes: [Mistake] {
    events.compactMap { if case .mistake(let mistake) = $0 { mistake } else { nil } }
  }

  /// The ballots.
  public var ballots: [Ballot] {
    events.compactMap { if case .evidence(_, let ballot) = $0 { ballot } else { nil } }
  }

  /// The first verdict of a kind from a moment on.
  public func first(after start: MonotonicTime, where fits: (Verdict) -> Bool) -> VerdictChange? {
    changes.first { $0.time >= start && fits($0.verdict) }
  }

  /// Waits for a verdict of death, looking every 5 ms, until `deadline`.
  ///
  /// A death that came before counts too. That it came after the fault is for the test to say before the fault: a
  /// verdict bears the time at which the monitor woke, which may be just before the fault it saw.
  public func death(by deadline: MonotonicTime) async throws -> VerdictChange? {
    while MonotonicTime.now() < deadline {
      if let change = changes.first(where: \.verdict.isDead) { return change }
      try await Task.sleep(for: .milliseconds(5))
    }
    return changes.first(where: \.verdict.isDead)
  }

  /// Waits, at most `limit`, until the connection is dead.
  public func waitForDeath(within limit: Duration = .seconds(5)) -> Bool {
    wait(within: limit) { changes.last?.verdict.isDead == true }
  }

  /// Waits, at most `limit`, until `condition` holds.
  public func wait(within limit: Duration = .seconds(5), until condition: () -> Bool) -> Bool {
    eventually(within: limit, condition)
  }

  /// The story in one line, for the message of a failed test.
  public func story(since start: MonotonicTime) -> String {
    let verdicts = changes.map { change in
      let when = Int((change.time - start).milliseconds)
      let why = change.decidedBy.map { "\($0.detector)" }.joined(separator: "+")
      return "\(when) ms \(change.verdict)\(why.isEmpty ? "" : " by \(why)")"
    }
    let evidence = ballots.suffix(6).map { ballot in
      let evidence = ballot.evidence
      let when = Int((evidence.time - start).milliseconds)
      let facts = evidence.facts.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      return "\(when) ms \(ballot.detector) \(evidence.leaning) \(evidence.cause?.rawValue ?? "-") [\(facts)]"
    }
    return verdicts.joined(separator: ", ") + " | " + evidence.joined(separator: "; ")
  }
}
