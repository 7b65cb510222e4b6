import Flatline
import FlatlineLab

/// Faults by policies, as a heat map that is a table.
struct MatrixSection {
  private let matrix: Matrix
  private let hasRecords: Bool

  init(_ records: [TrialRecord]) {
    matrix = Matrix(records)
    hasRecords = !records.isEmpty
  }

  var markup: Markup {
    guard hasRecords else { return "" }
    return """
      <h2 id="matrix-title">Every fault under every policy</h2>
      <p class="small">Each cell: the time until the peer is called dead (or suspected, where it must not be called dead)
      and why. A cell leads to its fault’s timeline; arrow keys move between cells.</p>
      <p class="small" hidden><label for="filter">Show</label> <select id="filter"><option value="all">everything</option>
      <option value="faults">faults</option><option value="troubles">what must be survived</option>
      <option value="wrong">what is not as promised</option></select></p>
      \(legend)
      <div class="scroll tall" role="region" aria-labelledby="matrix-title" tabindex="0"><table class="matrix" id="matrix">
      <caption>Time to the verdict, by fault and policy</caption>
      <thead><tr><th scope="col">fault, traffic</th>\(matrix.policies.map { "<th scope=\"col\">\($0)</th>" as Markup })</tr></thead>
      \(groups)
      </table></div>
      """
  }

  private var legend: Markup {
    let times = Heat.steps.enumerated().map { index, step -> Markup in
      "<li><i class=\"h\(index)\"></i>\(step.words)</li>"
    }
    return """
      <ul class="legend" aria-label="Legend">\(times)<li><i class="hb"></i>– blind, or … not within the run</li>
      <li><i class="hx"></i>✗ not as promised</li><li>✓? right, but a witness would know the cause better</li>
      <li>(✗) beyond any promise</li></ul>
      """
  }

  private var groups: [Markup] {
    var groups: [(fault: Matrix.Row, rows: [Matrix.Row])] = []
    for row in matrix.rows {
      if groups.last?.fault.fault == row.fault {
        groups[groups.count - 1].rows.append(row)
      } else {
        groups.append((row, [row]))
      }
    }
    return groups.map { group in
      let fault = group.fault.fault
      return """
        <tbody data-kind="\(fault.isFault ? "fault" : "trouble")"><tr class="group"><th scope="rowgroup" title="\(fault.summary)">\(fault.name)</th>
        <td colspan="\(matrix.policies.count)" class="soft small">\(fault.summary)</td></tr>
        \(group.rows.map(row))</tbody>

        """
    }
  }

  private func row(_ row: Matrix.Row) -> Markup {
    let cells = zip(matrix.policies, row.cells).map { policy, cell -> Markup in
      guard let cell else { return "<td></td>" }
      return "<td>\(self.cell(cell, policy, row))</td>"
    }
    return "<tr><th scope=\"row\">\(row.traffic.rawValue)</th>\(cells)</tr>\n"
  }

  private func cell(_ cell: MatrixCell, _ policy: String, _ row: Matrix.Row) -> Markup {
    let judgement = ReportWords.judgement(cell.judgement, isFault: row.fault.isFault)
    let wrong: Markup = cell.judgement.isWrong ? " data-wrong" : ""
    return """
      <a class="cell \(Heat.style(cell))"\(wrong) href="#\(PageWords.anchor(row.fault.name, row.traffic))" title="\(judgement)" \
      aria-label="\(policy), \(row.fault.name), \(row.traffic.rawValue): \(spoken(cell)); \(judgement)">\
      \(ReportWords.sign(cell.judgement)) \(time(cell))<small>\(detail(cell))</small></a>
      """
  }

  private func time(_ cell: MatrixCell) -> String {
    if let dead = cell.dead { return ReportWords.duration(dead) }
    if cell.judgement == .right, let suspect = cell.suspect, cell.records[0].trial.scenario.isFault {
      return ReportWords.duration(suspect)
    }
    return cell.records[0].trial.scenario.isFault ? "" : "alive"
  }

  private func detail(_ cell: MatrixCell) -> String {
    if !cell.causes.isEmpty { return PageWords.causes(cell.causes) }
    switch cell.judgement {
    case .blind: return "blind"
    case .notWithinRun(let promised): return "in \(ReportWords.duration(promised))"
    case .missed: return "missed"
    case .failed: return "failed"
    default:
      if cell.records[0].trial.scenario.isFault { return "suspected" }
      return cell.suspicions == 0 ? "never suspected" : "suspected \(cell.suspicions)×"
    }
  }

  private func spoken(_ cell: MatrixCell) -> String {
    guard let dead = cell.dead else { return detail(cell) }
    let promise = cell.limit.map { " of \(ReportWords.duration($0)) promised" } ?? ""
    return "dead after \(ReportWords.duration(dead))\(promise), \(PageWords.causes(cell.causes))"
  }
}
