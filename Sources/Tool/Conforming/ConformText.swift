import Flatline
import FlatlineTestKit

/// The lines of `flatline conform`.
enum ConformText {
  private static let width =
    (ConformanceRule.allCases.map(\.rawValue) + HeartbeatRule.allCases.map(\.rawValue)).map(\.count).max()
    ?? 0

  /// One line for each violation, or one for the verdict.
  static func text(_ name: String, _ rule: String, _ verdict: RuleVerdict, isJSON: Bool) -> String {
    guard !isJSON else { return json(name, rule, verdict) }
    let start = rule.padded(to: width) + "  "
    return verdict.description.split(separator: "\n").map { start + String($0).inOneLine }.joined(
      separator: "\n")
  }

  private static func json(_ name: String, _ rule: String, _ verdict: RuleVerdict) -> String {
    var members: [String: JSON] = ["name": .text(name), "rule": .text(rule)]
    switch verdict {
    case .broken(let stories):
      members["verdict"] = .text("broken")
      members["violations"] = .list(stories.map { .text($0) })
    case .learnedNothing(let reason):
      members["verdict"] = .text("learned nothing")
      members["reason"] = .text(reason)
    case .kept: members["verdict"] = .text("kept")
    }
    return JSON.object(members).line
  }

  /// One line in place of many.
  static func summary(_ lines: [String], rule: String, isJSON: Bool) -> String {
    guard !isJSON, lines.count > 1, let first = lines.first else { return lines.joined(separator: "\n") }
    return "\(first) (\(lines.count - 1) more with --rule \(rule))"
  }

  /// What ended the process of a rule, and where it was.
  static func death(_ how: String, _ errors: [String]) -> String {
    let mark = "the process ended in "
    let place = errors.last { $0.contains(mark) }.flatMap { line in
      line.firstRange(of: mark).map { String(line[$0.upperBound...]) }
    }
    let reason = errors.first { $0.contains("Fatal error") || $0.contains("rror: ") }
    return "\(how)\(place.map { ", in \($0)" } ?? "")\(reason.map { ": \($0.inOneLine)" } ?? "")"
  }
}
