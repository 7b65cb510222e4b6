import Glibc

/// A logarithmic axis from one length of a drawing to another.
struct LogScale {
  /// The ends of the axis, both above zero.
  let range: ClosedRange<Double>
  /// The drawing's coordinates of the ends.
  let from: Double
  let to: Double

  /// An axis that holds all values, its ends at 1, 2 or 5 times a power of ten.
  init(_ values: [Double], from: Double, to: Double) {
    let fit = values.filter { $0 > 0 && $0.isFinite }
    let low = LogScale.nice(fit.min() ?? 1, up: false)
    let high = LogScale.nice(fit.max() ?? 10, up: true)
    range = low...max(high, low * 10)
    self.from = from
    self.to = to
  }

  /// The drawing's coordinate of a value; beyond the ends, that of the end.
  func place(_ value: Double) -> Double {
    let clamped = min(max(value, range.lowerBound), range.upperBound)
    let share = log(clamped / range.lowerBound) / log(range.upperBound / range.lowerBound)
    return from + share * (to - from)
  }

  /// The round values on the axis.
  var ticks: [Double] {
    var ticks: [Double] = []
    var power = pow(10, floor(log10(range.lowerBound)))
    // A Double has no more decades.
    for _ in 0..<640 where power <= range.upperBound * 1.001 {
      for factor in [1.0, 2, 5]
      where (range.lowerBound * 0.999...range.upperBound * 1.001).contains(power * factor) {
        ticks.append(power * factor)
      }
      power *= 10
    }
    return ticks.count > 9 ? ticks.filter { abs(log10($0) - log10($0).rounded()) < 0.01 } : ticks
  }

  private static func nice(_ value: Double, up: Bool) -> Double {
    let power = pow(10, floor(log10(value)))
    let steps = [1.0, 2, 5, 10].map { $0 * power }
    let found = up ? steps.first { $0 >= value * 0.999 } : steps.last { $0 <= value * 1.001 }
    return found ?? value
  }
}
