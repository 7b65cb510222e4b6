import Flatline

/// Reports as JSON, one object a line.
struct JSONReport {
  /// The time of the watch's beginning.
  private let start: MonotonicTime
  private let clock = WallClock()

  init(start: MonotonicTime) {
    self.start = start
  }

  func line(_ report: WatchReport) -> String {
    var members = JSONReport.members(report)
    members["at_ns"] = .integer(clock.nanoseconds(at: report.time))
    members["elapsed_ms"] = .milliseconds(max(.zero, report.time - start))
    return JSON.object(members).line
  }

  private static func members(_ report: WatchReport) -> [String: JSON] {
    switch report {
    case .attached(let start):
      [
        "event": .text("attached"), "address": .text(start.address), "policy": .text(start.policy),
        "heartbeat": start.heartbeat.map(JSON.text) ?? .null,
      ]
    case .event(.evidence(_, let ballot)):
      [
        "event": .text("evidence"), "detector": .text(ballot.detector.rawValue),
        "leaning": .text("\(ballot.evidence.leaning)"), "layer": .text(ballot.evidence.layer.rawValue),
        "cause": text(ballot.evidence.cause), "conclusive": .bool(ballot.evidence.isConclusive),
        "facts": facts(ballot.evidence.facts),
      ]
    case .event(.mistake(let mistake)):
      [
        "event": .text("mistake"), "cause": text(mistake.cause),
        "detector": .text(mistake.ballot.detector.rawValue),
        "leaning": .text("\(mistake.ballot.evidence.leaning)"),
        "layer": .text(mistake.ballot.evidence.layer.rawValue), "facts": facts(mistake.ballot.evidence.facts),
      ]
    case .event(.verdict(let change)):
      [
        "event": .text("verdict"), "verdict": .text(change.verdict.name),
        "previous": .text(change.previous.name), "cause": text(change.cause),
        "orderly": .bool(change.isOrderly),
        "decided_by": .list(change.decidedBy.map { .text($0.detector.rawValue) }),
        "trail": .list(change.trail.map { step($0, of: change) }),
        "trail_omitted": .integer(change.trail.omitted),
      ]
    case .end(let end):
      [
        "event": .text("end"), "verdict": .text(end.verdict.name), "cause": text(end.cause),
        "orderly": .bool(end.isOrderly), "reason": .text(end.reason.rawValue),
        "exit_status": .integer(Int(end.status.code)),
      ]
    }
  }

  /// One step of a verdict's trail; its time is relative to the verdict: how long before it.
  private static func step(_ entry: Trail.Entry, of change: VerdictChange) -> JSON {
    let evidence = entry.ballot.evidence
    return .object([
      "before_ms": .milliseconds(change.time - evidence.time),
      "detector": .text(entry.ballot.detector.rawValue),
      "leaning": .text("\(evidence.leaning)"), "layer": .text(evidence.layer.rawValue),
      "cause": text(evidence.cause), "conclusive": .bool(evidence.isConclusive),
      "decided": .bool(entry.hasDecided),
    ])
  }

  static func facts(_ facts: [Fact]) -> JSON {
    var members: [String: JSON] = [:]
    for fact in facts {
      switch fact.value {
      case .count(let count): members[fact.name] = .integer(count)
      case .level(let level): members[fact.name] = .number(level)
      case .duration(let duration): members[fact.name + "_ms"] = .milliseconds(duration)
      case .text(let text): members[fact.name] = .text(text)
      }
    }
    return .object(members)
  }

  private static func text(_ cause: Cause?) -> JSON { cause.map { .text($0.rawValue) } ?? .null }
}
