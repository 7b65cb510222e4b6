import Flatline

/// The promised time beside the worst measured time, by fault and policy.
struct PromiseSection {
  private let table: PromiseTable
  private let leftOut: [LeftOut]

  init(_ records: [TrialRecord]) {
    leftOut = LeftOut.all(in: records)
    table = PromiseTable(records)
  }

  var markup: Markup {
    guard !table.rows.isEmpty else { return "" }
    let slack = ReportWords.duration(MeasuredPromise.slack)
    return """
      <h2 id="promises">Promise beside measured</h2>
      <p class="small">Each cell: the worst measured, of what <code>flatline explain</code> promises; s suspect, † dead.
      \(table.count(.broken)) broken (✗); \(table.count(.loose)) loose (≪: above 1.5 times the worst
      measured and \(slack), which each promise allows a busy machine, however quick the event);
      \(table.count(.unmeasured)) for later than the run (–).\(leftOut.map { " \($0.summary)" as Markup })</p>
      <div class="scroll tall" role="region" aria-labelledby="promises" tabindex="0"><table class="matrix promises">
      <caption>Worst time measured, of the time promised, by fault and policy</caption>
      <thead><tr><th scope="col">fault, traffic</th>\(table.policies.map { "<th scope=\"col\">\($0)</th>" as Markup })</tr></thead>
      \(groups)
      </table></div>
      """
  }

  private var groups: [Markup] {
    var groups: [[PromiseTable.Row]] = []
    for row in table.rows {
      if groups.last?.first?.fault == row.fault {
        groups[groups.count - 1].append(row)
      } else {
        groups.append([row])
      }
    }
    return groups.map { rows in
      """
      <tbody><tr class="group"><th scope="rowgroup">\(rows[0].fault)</th><td colspan="\(table.policies.count)"></td></tr>
      \(rows.map(row))</tbody>

      """
    }
  }

  private func row(_ row: PromiseTable.Row) -> Markup {
    let cells = row.cells.map { cell -> Markup in
      "<td>\(line(cell.suspect, "s", "suspect"))\(line(cell.dead, "†", "dead"))</td>"
    }
    return "<tr><th scope=\"row\">\(row.traffic.rawValue)</th>\(cells)</tr>\n"
  }

  private func line(_ promise: MeasuredPromise?, _ sign: String, _ word: String) -> Markup {
    guard let promise else { return "" }
    let mark: Markup =
      switch promise.standing {
      case .broken: "<b class=\"bad\">✗</b> "
      case .loose: "≪ "
      case .kept, .unmeasured: ""
      }
    let worst = promise.worst.map(ReportWords.duration) ?? "–"
    return """
      <div><abbr title="\(word)">\(sign)</abbr> \(mark)\(worst) <span class="soft">of \(ReportWords.duration(promise.promised))</span></div>
      """
  }
}
