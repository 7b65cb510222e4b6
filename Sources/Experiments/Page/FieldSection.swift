import Flatline

/// Other libraries' defaults, beside ours.
struct FieldSection {
  private let rows: [FieldRow]

  init(_ rows: [FieldRow]) {
    self.rows = rows
  }

  var markup: Markup {
    guard !rows.isEmpty else { return "" }
    let ours = rows.compactMap(\.ours?.trial.policy.name).first ?? "ours"
    return """
      <h2 id="field">The field, rerun</h2>
      <p class="small">Published results and documented defaults, made again in this lab, beside \(ours).</p>
      <div class="scroll" role="region" aria-labelledby="field" tabindex="0"><table>
      <caption>When a silent peer is called dead</caption>
      <thead><tr><th scope="col">case</th><th scope="col">published</th><th scope="col">computed</th><th scope="col">measured</th>
      <th scope="col">\(ours)</th></tr></thead><tbody>
      \(rows.map(row))</tbody></table></div>
      """
  }

  private func row(_ row: FieldRow) -> Markup {
    """
    <tr><th scope="row">\(row.fieldCase.name)</th><td>\(row.fieldCase.published)</td><td>\(row.computed)</td>\
    <td>\(row.measured)</td><td>\(row.measuredOurs)</td></tr>

    """
  }
}
