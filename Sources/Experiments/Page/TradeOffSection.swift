/// The plot of detection time against mistakes, and the same as a table.
struct TradeOffSection {
  private let curves: [TradeOffCurve]

  init(_ curves: [TradeOffCurve]) {
    self.curves = curves
  }

  var markup: Markup {
    guard !curves.isEmpty else { return "" }
    return """
      <h2 id="trade-off">Speed against mistakes</h2>
      <p class="small">Each line is one method, each point one setting: how soon a silent drop is called a death, against how
      often a living peer is while a tenth of the packets is lost each way. Down and to the left is better. A hollow point made no
      mistake in the time watched: its rate is below where it stands (95%). Bars: 95%.</p>
      \(plot)\(gaps)
      <details><summary>The plot as a table</summary><div class="scroll"><table>
      <thead><tr><th scope="col">method</th><th scope="col">setting</th><th scope="col">T<sub>D</sub></th>
      <th scope="col">mistakes an hour, λ<sub>M</sub></th><th scope="col">a mistake lasts, T<sub>M</sub></th>
      <th scope="col">trusted, P<sub>A</sub></th></tr></thead><tbody>\(rows)</tbody></table></div></details>
      """
  }

  private var plot: Markup {
    guard curves.contains(where: { $0.points.contains { $0.gap == nil } }) else { return "" }
    return """
      <div class="scroll" role="region" aria-labelledby="trade-off" tabindex="0">\(TradeOffPlot(curves).markup)</div>
      """
  }

  /// The settings without a point, and why.
  private var gaps: Markup {
    let missing = curves.flatMap { curve in
      curve.points.compactMap { point in point.gap.map { "\(curve.method), \(point.setting) (\($0))" } }
    }
    guard !missing.isEmpty else { return "" }
    return """
      <p class="small" id="trade-off-gaps"><b>No point for \(missing.count) of \(curves.reduce(0) { $0 + $1.points.count })
      settings, not measured long enough:</b> fewer than \(TradeOffCurve.fewestMistakes) mistakes, and watched for less than
      \(ReportWords.duration(.seconds(Int64(TradeOffCurve.shortestWatch)))). Each run watches a setting for a minute:
      <code>--repeat 10</code> measures all of them. They are \(missing.joined(separator: "; ")).</p>
      """
  }

  private var rows: [Markup] {
    curves.flatMap { curve in
      curve.points.map { point -> Markup in
        """
        <tr><th scope="row">\(curve.method)</th><td>\(point.setting)</td><td>\(PageWords.stacked(ReportWords.seconds(point.quality.detectionTime)))</td>\
        <td>\(PageWords.stacked(ReportWords.perHour(point.quality.mistakeRate)))</td><td>\(PageWords.stacked(ReportWords.seconds(point.quality.mistakeDuration)))</td>\
        <td>\(PageWords.stacked(ReportWords.percent(point.quality.accuracy)))</td></tr>

        """
      }
    }
  }
}
