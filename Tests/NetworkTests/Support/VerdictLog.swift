import Flatline
import Synchronization

/// What the monitor said of one connection, with times.
final class VerdictLog: Sendable {
  private let changes = Mutex<[VerdictChange]>([])
  private let ballots = Mutex<[Ballot]>([])

  func take(_ event: WatchEvent) {
    switch event {
    case .verdict(let change): changes.withLock { $0.append(change) }
    case .evidence(_, let ballot): ballots.withLock { $0.append(ballot) }
    // Its ballot came as evidence.
    case .mistake: break
    }
  }

  var all: [VerdictChange] { changes.withLock { $0 } }
  var evidence: [Ballot] { ballots.withLock { $0 } }

  func first(after start: MonotonicTime, where fits: (Verdict) -> Bool) -> VerdictChange? {
    all.first { $0.time >= start && fits($0.verdict) }
  }

  /// Waits for a verdict of death, looking every 5 ms, until `deadline`.
  ///
  /// A death already told counts too. That it came after the fault is for the test to say before the fault: a
  /// verdict bears the time at which the monitor woke, which may be just before the fault it saw.
  func death(by deadline: MonotonicTime) async throws -> VerdictChange? {
    while MonotonicTime.now() < deadline {
      if let change = all.first(where: \.verdict.isDead) { return change }
      try await Task.sleep(for: .milliseconds(5))
    }
    return all.first(where: \.verdict.isDead)
  }

  /// The story in one line, for the message of a failed test.
  func story(since start: MonotonicTime) -> String {
    let verdicts = all.map { change in
      let when = Int((change.time - start).milliseconds)
      let why = change.decidedBy.map { "\($0.detector)" }.joined(separator: "+")
      return "\(when) ms \(change.verdict)\(why.isEmpty ? "" : " by \(why)")"
    }
    let evidence = evidence.suffix(6).map { ballot in
      let evidence = ballot.evidence
      let when = Int((evidence.time - start).milliseconds)
      let facts = evidence.facts.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      return "\(when) ms \(ballot.detector) \(evidence.leaning) \(evidence.cause?.rawValue ?? "-") [\(facts)]"
    }
    return verdicts.joined(separator: ", ") + " | " + evidence.joined(separator: "; ")
  }
}
