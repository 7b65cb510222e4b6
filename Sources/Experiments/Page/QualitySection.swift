import Flatline

/// The quality of service of each policy.
struct QualitySection {
  private let table: QualityTable

  init(_ records: [TrialRecord]) {
    table = QualityTable(records)
  }

  var markup: Markup {
    guard !table.rows.isEmpty else { return "" }
    return """
      <h2 id="quality">Quality of service</h2>
      <p class="small">By the definitions of Chen, Toueg and Aguilera (2002), over all silent faults and over all trouble
      that the policy promises to survive. In brackets: intervals of 95% (T<sub>D</sub>, T<sub>M</sub>, P<sub>A</sub>:
      Student; λ<sub>M</sub>: Poisson, exact; kept: Clopper and Pearson). Repeat the run to make them narrow.</p>
      <div class="scroll" role="region" aria-labelledby="quality" tabindex="0"><table>
      <caption>Detection time, mistakes and accuracy, by policy and traffic</caption>
      <thead><tr><th scope="col">policy</th><th scope="col">traffic</th><th scope="col">T<sub>D</sub>, dead</th>
      <th scope="col">worst</th><th scope="col">suspicions an hour, λ<sub>M</sub></th><th scope="col">convictions an hour, λ<sub>M</sub></th>
      <th scope="col">suspicion lasts, T<sub>M</sub></th><th scope="col">trusted, P<sub>A</sub></th>
      <th scope="col">promises kept</th></tr></thead><tbody>
      \(table.rows.map(row))</tbody></table></div>
      """
  }

  private func row(_ row: QualityTable.Row) -> Markup {
    """
    <tr><th scope="row">\(row.policy)</th><td>\(row.traffic.rawValue)</td><td>\(PageWords.stacked(ReportWords.seconds(row.conviction.detectionTime)))</td>\
    <td>\(row.conviction.worstDetectionTime.map { ReportWords.duration(.microseconds(Int64($0 * 1e6))) } ?? "–")</td>\
    <td>\(PageWords.stacked(ReportWords.perHour(row.suspicion.mistakeRate)))</td><td>\(PageWords.stacked(ReportWords.perHour(row.conviction.mistakeRate)))</td>\
    <td>\(PageWords.stacked(ReportWords.seconds(row.suspicion.mistakeDuration)))</td><td>\(PageWords.stacked(ReportWords.percent(row.suspicion.accuracy)))</td>\
    <td>\(PageWords.stacked(ReportWords.percent(row.kept)))</td></tr>

    """
  }
}
