import Flatline

/// Reports for people: one line each, with the time since the watch began.
struct Timeline {
  let start: MonotonicTime
  let style: Style
  /// The most facts on a line; the first of a detector's are the telling ones.
  private static let mostFacts = 7

  func line(_ report: WatchReport) -> String {
    let line = line(at: report.time, words(report))
    guard case .verdict(let change) = report, change.verdict.isDead else { return line }
    return ([line] + trail(change)).joined(separator: "\n")
  }

  /// How a death came about, below it: what each detector said, in order of time, a star at what decided.
  private func trail(_ change: VerdictChange) -> [String] {
    let width = change.trail.entries.map(\.ballot.detector.rawValue.count).max() ?? 0
    var lines = change.trail.entries.map { entry in
      let evidence = entry.ballot.evidence
      let words = [
        entry.ballot.detector.rawValue.padded(to: width), "\(evidence.leaning)".padded(to: 10),
        evidence.layer.rawValue.padded(to: 10), evidence.cause?.rawValue ?? "",
      ]
      return line(
        at: evidence.time, "trail   \(entry.hasDecided ? "*" : " ") " + words.joined(separator: "  "))
    }
    if change.trail.omitted > 0 {
      lines.append(line(at: change.time, "trail     and \(change.trail.omitted) more"))
    }
    return lines
  }

  func line(at time: MonotonicTime, _ words: String) -> String {
    let elapsed = (max(.zero, time - start).secondsValue.text(decimals: 4) + " s").leftPadded(to: 12)
    return "\(style.dim(elapsed))  \(words)"
  }

  private func words(_ report: WatchReport) -> String {
    switch report {
    case .attached(let start):
      let heartbeat = start.heartbeat.map { ", heartbeat \($0)" } ?? ""
      return "attached  \(start.address), policy \(start.policy.inOneLine)\(heartbeat)"
    case .evidence(let ballot):
      return "evidence  \(words(ballot))"
    case .verdict(let change):
      let deciders = change.decidedBy.map(\.detector.rawValue).joined(separator: ", ")
      // A dead verdict names its cause itself.
      let cause = change.verdict.isDead ? "" : change.cause.map { "  \($0)" } ?? ""
      return style.bold("verdict") + "   \(change.previous) -> "
        + style.verdict("\(change.verdict)", change.verdict) + cause
        + (deciders.isEmpty ? "" : "  by \(deciders)")
    case .end(let end):
      return "end       " + style.verdict("\(end.verdict)", end.verdict) + "  (\(Timeline.words(end.reason)))"
    }
  }

  private func words(_ ballot: Ballot) -> String {
    let evidence = ballot.evidence
    let leaning = style.leaning("\(evidence.leaning)".padded(to: 10), evidence.leaning)
    var text = "\(ballot.detector.rawValue.padded(to: 9))  \(leaning)"
    guard evidence.leaning != .abstaining else { return text }
    guard let cause = evidence.cause else { return "\(text)  \(evidence.layer.rawValue)" }
    text += "  \(evidence.layer.rawValue.padded(to: 10))  \(cause.rawValue.padded(to: 10))"
    if evidence.isConclusive { text += "  conclusive" }
    let facts = evidence.facts.prefix(Timeline.mostFacts).map { "\($0)".inOneLine }.joined(separator: " ")
    return facts.isEmpty ? text : "\(text)  \(style.dim(facts))"
  }

  private static func words(_ reason: WatchReport.Reason) -> String {
    switch reason {
    case .dead: "the connection is dead"
    case .interrupted: "interrupted"
    case .time: "the time is over"
    }
  }
}
