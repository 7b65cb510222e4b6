import Flatline

/// Reports for people: one line each, with the time since the watch began. The texts are the values' descriptions, in
/// colours.
struct Timeline {
  let start: MonotonicTime
  let style: Style

  func line(_ report: WatchReport) -> String {
    let line = line(at: report.time, words(report))
    guard case .event(.verdict(let change)) = report, change.verdict.isDead else { return line }
    return ([line] + trail(change)).joined(separator: "\n")
  }

  /// The course of a death, below its line: each detector's opinions in order of time, with a star at those that
  /// decided.
  private func trail(_ change: VerdictChange) -> [String] {
    change.trail.lines.map { line(at: $0.time, "trail   \($0.text)") }
  }

  func line(at time: MonotonicTime, _ words: String) -> String {
    "\(style.mark(time.elapsed(since: start), .time))  \(words)"
  }

  private func words(_ report: WatchReport) -> String {
    switch report {
    case .attached(let start):
      let heartbeat = start.heartbeat.map { ", heartbeat \($0)" } ?? ""
      return "attached  \(start.address), policy \(start.policy.inOneLine)\(heartbeat)"
    case .event(let event):
      return event.text(style.mark)
    case .end(let end):
      return "end       " + style.mark("\(end.verdict)", .verdict(end.verdict))
        + "  (\(end.isOrderly ? "the peer closed it in order" : Timeline.words(end.reason)))"
    }
  }

  private static func words(_ reason: WatchReport.Reason) -> String {
    switch reason {
    case .dead: "the connection is dead"
    case .interrupted: "interrupted"
    case .time: "the time is over"
    }
  }
}
