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
      <div class="scroll" role="region" aria-labelledby="trade-off" tabindex="0">\(TradeOffPlot(curves).markup)</div>
      <details><summary>The plot as a table</summary><div class="scroll"><table>
      <thead><tr><th scope="col">method</th><th scope="col">setting</th><th scope="col">T<sub>D</sub></th>
      <th scope="col">mistakes an hour, λ<sub>M</sub></th><th scope="col">a mistake lasts, T<sub>M</sub></th>
      <th scope="col">trusted, P<sub>A</sub></th></tr></thead><tbody>\(rows)</tbody></table></div></details>
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
