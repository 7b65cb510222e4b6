import Flatline

/// The plot itself, as SVG: detection time across, mistakes an hour up, both logarithmic.
struct TradeOffPlot {
  private let curves: [TradeOffCurve]
  private let across: LogScale
  private let up: LogScale

  private static let width = 760.0
  private static let height = 440.0
  private static let left = 66.0
  private static let right = 16.0
  private static let top = 14.0
  private static let bottom = 104.0

  init(_ curves: [TradeOffCurve]) {
    self.curves = curves
    let drawn = curves.flatMap { $0.points.compactMap(Dot.init) }
    across = LogScale(
      drawn.map(\.seconds), from: TradeOffPlot.left, to: TradeOffPlot.width - TradeOffPlot.right)
    up = LogScale(
      drawn.map(\.perHour), from: TradeOffPlot.height - TradeOffPlot.bottom, to: TradeOffPlot.top)
  }

  /// A setting in the plot; `nil` if it was not measured long enough, or detected no death.
  private struct Dot {
    let setting: String
    let seconds: Double
    /// The rate, or, without a mistake, its upper bound.
    let perHour: Double
    let rate: ConfidenceInterval
    let isBound: Bool

    init?(_ point: TradeOffCurve.Point) {
      rate = point.quality.mistakeRate.scaled(by: 3600)
      guard point.gap == nil, let seconds = point.quality.detectionTime.estimate, let estimate = rate.estimate
      else {
        return nil
      }
      setting = point.setting
      self.seconds = max(seconds, 0.001)
      isBound = estimate <= 0
      perHour = isBound ? rate.upper : estimate
    }
  }

  var markup: Markup {
    """
    <svg class="plot" viewBox="0 0 \(TradeOffPlot.width) \(TradeOffPlot.height)" role="img" \
    aria-label="Detection time against mistakes an hour, a line for each method; the table below has the same numbers">
    \(grid)\(curves.enumerated().map { line($1, $0) })\(legend)</svg>
    """
  }

  private var grid: Markup {
    let floor = TradeOffPlot.height - TradeOffPlot.bottom
    let verticals = across.ticks.map { tick -> Markup in
      let x = number(across.place(tick))
      return """
        <line class="g" x1="\(x)" x2="\(x)" y1="\(TradeOffPlot.top)" y2="\(floor)"/>\
        <text class="t" x="\(x)" y="\(floor + 18)" text-anchor="middle">\(tick < 1 ? "\(whole(tick * 1000)) ms" : "\(whole(tick)) s")</text>
        """
    }
    let horizontals = up.ticks.map { tick -> Markup in
      let y = number(up.place(tick))
      return """
        <line class="g" x1="\(TradeOffPlot.left)" x2="\(TradeOffPlot.width - TradeOffPlot.right)" y1="\(y)" y2="\(y)"/>\
        <text class="t" x="\(TradeOffPlot.left - 8)" y="\(y)" dy="4" text-anchor="end">\(tick < 1 ? "\(tick)" : whole(tick))</text>
        """
    }
    return """
      \(verticals)\(horizontals)<text x="\((TradeOffPlot.left + TradeOffPlot.width) / 2)" y="\(floor + 38)" \
      text-anchor="middle">time until a silent drop is called a death, T_D</text>\
      <text transform="translate(15 \((TradeOffPlot.top + floor) / 2)) rotate(-90)" text-anchor="middle">mistakes an hour, λ_M</text>
      """
  }

  private func line(_ curve: TradeOffCurve, _ index: Int) -> Markup {
    let dots = curve.points.compactMap(Dot.init)
    // A setting without a mistake has a bound and no rate: the line to it shows only where the rate may lie.
    let measured = dots.filter { !$0.isBound }
    let rest = measured.suffix(1) + dots.filter(\.isBound)
    let colour: Markup = "var(--c\(index % 6))"
    return """
      <g style="color:\(colour)">\(path(measured, ""))\(path(rest, " stroke-dasharray=\"3 5\" opacity=\".6\""))
      \(dots.map { dot($0, index) })</g>
      """
  }

  private func path(_ dots: some Collection<Dot>, _ style: Markup) -> Markup {
    let points = dots.map { "\(number(across.place($0.seconds))),\(number(up.place($0.perHour)))" }
    return """
      <polyline points="\(points.joined(separator: " "))" fill="none" stroke="currentColor" stroke-width="1.5"\(style)/>
      """
  }

  private func dot(_ dot: Dot, _ index: Int) -> Markup {
    let x = across.place(dot.seconds)
    let y = up.place(dot.perHour)
    let bar: Markup =
      dot.isBound
      ? ""
      : """
      <line x1="\(number(x))" x2="\(number(x))" y1="\(number(up.place(max(dot.rate.lower, 1e-9))))" \
      y2="\(number(up.place(dot.rate.upper)))" stroke="currentColor" opacity=".45"/>
      """
    return """
      \(bar)<g transform="translate(\(number(x)) \(number(y)))">\(mark(index, isHollow: dot.isBound))\
      <title>\(dot.setting): \(ReportWords.duration(.microseconds(Int64(dot.seconds * 1e6)))), \(dot.isBound ? "fewer than " : "")\(ReportWords.number(dot.perHour)) an hour</title></g>
      """
  }

  /// A different mark for each method, so that colour is not the only distinction.
  private func mark(_ index: Int, isHollow: Bool) -> Markup {
    let fill: Markup =
      isHollow
      ? "fill=\"var(--card)\" stroke=\"currentColor\" stroke-width=\"1.6\""
      : "fill=\"currentColor\" stroke=\"currentColor\" stroke-width=\"1.6\""
    return switch index % 5 {
    case 0: "<circle r=\"4.2\" \(fill)/>"
    case 1: "<rect x=\"-4\" y=\"-4\" width=\"8\" height=\"8\" \(fill)/>"
    case 2: "<path d=\"M0-5.2 5 4H-5Z\" \(fill)/>"
    case 3: "<path d=\"M0-5.6 5.6 0 0 5.6-5.6 0Z\" \(fill)/>"
    default: "<path d=\"M0 5.2 5-4H-5Z\" \(fill)/>"
    }
  }

  private var legend: Markup {
    let entries = curves.enumerated().map { index, curve -> Markup in
      let x = TradeOffPlot.left + Double(index % 3) * 230
      let y = TradeOffPlot.height - 40 + Double(index / 3) * 24
      return """
        <g style="color:var(--c\(index % 6))" transform="translate(\(x) \(y))">\(mark(index, isHollow: false))\
        <text x="12" dy="4">\(curve.method)</text></g>
        """
    }
    return "\(entries)"
  }

  private func number(_ value: Double) -> String { value.text(decimals: 1) }
  private func whole(_ value: Double) -> String { value.text(decimals: 0) }
}
