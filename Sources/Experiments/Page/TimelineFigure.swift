import Flatline

/// One trial on a time axis: a row for each detector, one for the verdict, and the same as a table.
struct TimelineFigure {
  private let record: TrialRecord
  private let start: Duration
  private let end: Duration
  /// The most events that the table lists one by one.
  private static let most = 40

  init(_ record: TrialRecord) {
    self.record = record
    let result = record.result
    // The axis ends a little after the last event that matters, so that the figure fills the width.
    let last = result.events.last(where: { $0.offset <= result.length })?.offset ?? .zero
    let limit = record.limit.map { min($0, result.length) } ?? .zero
    // Events after the death do not lengthen the axis.
    let death = result.end(of: record.trial.policy)?.offset ?? last
    let matter = record.trial.scenario.isFault ? max(death, limit) : result.length
    end = max(.milliseconds(10), matter + matter / 12)
    start = .zero - min(result.quiet, end / 8)
  }

  var markup: Markup {
    let trial = record.trial
    return """
      <figure class="tl" id="\(PageWords.anchor(trial.scenario.name, trial.traffic))" tabindex="-1">
      <figcaption><b>\(trial.traffic.rawValue)</b>, \(trial.policy.name): \(outcome)</figcaption>
      <div aria-hidden="true">\(rows.map(row))\(axis)</div>
      \(table)</figure>

      """
  }

  private var outcome: String {
    let judgement = ReportWords.judgement(record.judgement, isFault: record.trial.scenario.isFault)
    guard let conviction = record.result.convictions.first else { return judgement }
    let promise = record.limit.map { " of \(ReportWords.duration($0)) promised" } ?? ""
    return
      "dead after \(ReportWords.duration(conviction.offset))\(promise), \(conviction.cause): \(judgement)"
  }

  private var rows: [(name: String, spans: [TimelineSpan])] {
    let detectors = record.trial.policy.detectors.map(\.name)
    var rows = detectors.map { name in
      let changes = record.result.events.compactMap { event -> (offset: Duration, level: Int)? in
        guard case .evidence(let ballot) = event.what, ballot.detector == name else { return nil }
        return (event.offset, Int(ballot.evidence.leaning.rawValue))
      }
      return (name.rawValue, TimelineSpan.spans(changes, until: end))
    }
    let verdicts = record.result.events.compactMap { event in
      event.verdict.map { (offset: event.offset, level: $0.level) }
    }
    rows.append(("verdict", TimelineSpan.spans([(.zero - record.result.quiet, 1)] + verdicts, until: end)))
    return rows
  }

  private func row(_ row: (name: String, spans: [TimelineSpan])) -> Markup {
    let spans = row.spans.filter { $0.level > 0 && $0.end > start }.map { span -> Markup in
      let left = place(max(span.start, start))
      let width = max(0, share(span.end) - share(max(span.start, start))).text(decimals: 2)
      return "<i class=\"s\(span.level)\" style=\"left:\(left)%;width:\(width)%\"></i>"
    }
    let promise: Markup =
      record.limit.flatMap { $0 < end ? "<u class=\"p\" style=\"left:\(place($0))%\"></u>" : nil } ?? ""
    return """
      <div class="row"><span>\(row.name)</span><div class="track">\(spans)<u style="left:\(place(.zero))%"></u>\(promise)</div></div>

      """
  }

  private var axis: Markup {
    let middle = end / 2
    return """
      <div class="row axis"><span></span><div class="track"><span style="left:\(place(.zero))%">0</span>\
      <span style="left:\(place(middle))%">\(ReportWords.duration(middle))</span>\
      <span class="e" style="left:100%">\(ReportWords.duration(end))</span></div></div>
      """
  }

  private var table: Markup {
    let events = record.result.events.filter { $0.offset <= end }
    guard !events.isEmpty else { return "<p class=\"small soft\">Nobody said anything.</p>" }
    let rest = events.count - TimelineFigure.most
    let more: Markup =
      rest > 0 ? "<tr><td colspan=\"4\" class=\"soft\">and \(rest) more, all in --json</td></tr>" : ""
    return """
      <details><summary>\(events.count == 1 ? "One event" : "\(events.count) events") as a table</summary><div class="scroll"><table>
      <thead><tr><th scope="col">time</th><th scope="col">who</th><th scope="col">says</th><th scope="col">why</th></tr></thead>
      <tbody>\(events.prefix(TimelineFigure.most).map(line))\(more)</tbody></table></div></details>
      """
  }

  private func line(_ event: TrialEvent) -> Markup {
    let time = ReportWords.duration(event.offset)
    switch event.what {
    case .evidence(let ballot):
      let evidence = ballot.evidence
      let says = "\(evidence.leaning)" + (evidence.isConclusive ? ", conclusive" : "")
      let why = evidence.cause?.rawValue ?? evidence.layer.rawValue
      return "<tr><td>\(time)</td><td>\(ballot.detector)</td><td>\(says)</td><td>\(why)</td></tr>"
    case .verdict(let verdict, let cause, let deciders):
      let by = deciders.isEmpty ? "" : " by " + deciders.map(\.rawValue).joined(separator: ", ")
      let why = (cause?.rawValue ?? "") + by
      return
        "<tr><td>\(time)</td><td><b>verdict</b></td><td><b>\(verdict.name)</b></td><td>\(why)</td></tr>"
    case .mistake(let cause, let ballot):
      let says = "\(Verdict.dead(cause)) contradicted"
      return
        "<tr><td>\(time)</td><td><b>mistake</b></td><td><b>\(says)</b></td><td>by \(ballot.detector)</td></tr>"
    }
  }

  private func share(_ offset: Duration) -> Double {
    100 * (offset - start).secondsValue / max((end - start).secondsValue, 1e-9)
  }

  private func place(_ offset: Duration) -> String { min(100, max(0, share(offset))).text(decimals: 2) }
}
