/// The rate of events.
extension ConfidenceInterval {
  /// The rate of independent events, from `count` seen in `exposure`: Garwood's exact Poisson limits (Fiducial limits
  /// for the Poisson distribution, Biometrika 28, 1936).
  ///
  /// - Parameters:
  ///   - count: events seen.
  ///   - exposure: the time watched, in any unit; the rate is per this unit.
  ///   - confidence: 0.95 for 95%.
  /// - Returns: the interval. A count of zero still bounds the rate from above; an exposure of zero bounds nothing.
  public static func rate(
    _ count: Int, in exposure: Double, confidence: Double = 0.95
  ) -> ConfidenceInterval {
    guard exposure > 0 else {
      return ConfidenceInterval(nil, from: 0, to: .infinity, confidence: confidence)
    }
    let tail = (1 - confidence) / 2
    let k = Double(max(0, count))
    let lower = k == 0 ? 0 : gammaQuantile(tail, shape: k)
    return ConfidenceInterval(
      k / exposure, from: lower / exposure, to: gammaQuantile(1 - tail, shape: k + 1) / exposure,
      confidence: confidence)
  }

  private static func gammaQuantile(_ probability: Double, shape: Double) -> Double {
    // Twenty standard deviations: far beyond any quantile asked for.
    let top = shape + 20 * shape.squareRoot() + 50
    return SpecialFunctions.quantile(probability, in: 0...top) { SpecialFunctions.gammaP(shape, $0) }
  }
}
