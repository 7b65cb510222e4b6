/// The mean of a measured value.
extension ConfidenceInterval {
  /// The mean behind the independent samples `values`: Student's t (The probable error of a mean, Biometrika 6, 1908).
  ///
  /// - Parameters:
  ///   - values: two or more give an estimate with bounds, one an estimate without bounds, none neither.
  ///   - confidence: 0.95 for 95%.
  public static func mean(_ values: [Double], confidence: Double = 0.95) -> ConfidenceInterval {
    let n = Double(values.count)
    guard !values.isEmpty else {
      return ConfidenceInterval(nil, from: -.infinity, to: .infinity, confidence: confidence)
    }
    let mean = values.reduce(0, +) / n
    guard values.count > 1 else {
      return ConfidenceInterval(mean, from: -.infinity, to: .infinity, confidence: confidence)
    }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let reach = studentQuantile(1 - (1 - confidence) / 2, freedom: n - 1) * (variance / n).squareRoot()
    return ConfidenceInterval(mean, from: mean - reach, to: mean + reach, confidence: confidence)
  }

  /// The quantile of Student's distribution for a probability of at least one half.
  static func studentQuantile(_ probability: Double, freedom: Double) -> Double {
    // With t² = ν(1 − x)/x, 2(1 − F(t)) = I_x(ν/2, 1/2), which grows with x.
    let x = SpecialFunctions.quantile(2 * (1 - probability), in: 0...1) {
      SpecialFunctions.betaI(freedom / 2, 0.5, $0)
    }
    return x > 0 ? (freedom * (1 - x) / x).squareRoot() : .infinity
  }
}
