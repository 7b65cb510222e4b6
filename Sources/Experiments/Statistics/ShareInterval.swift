/// The share of trials with one outcome.
extension ConfidenceInterval {
  /// The probability of a success, from `successes` seen in `trials`: the exact limits of Clopper and Pearson (The use
  /// of confidence or fiducial limits illustrated in the case of the binomial, Biometrika 26, 1934).
  ///
  /// - Parameters:
  ///   - successes: from 0 to `trials`.
  ///   - trials: how many there were.
  ///   - confidence: 0.95 for 95%.
  public static func share(
    _ successes: Int, of trials: Int, confidence: Double = 0.95
  ) -> ConfidenceInterval {
    guard trials > 0 else { return ConfidenceInterval(nil, from: 0, to: 1, confidence: confidence) }
    let tail = (1 - confidence) / 2
    let k = Double(min(max(0, successes), trials))
    let n = Double(trials)
    func quantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
      SpecialFunctions.quantile(probability, in: 0...1) { SpecialFunctions.betaI(a, b, $0) }
    }
    return ConfidenceInterval(
      k / n, from: k == 0 ? 0 : quantile(tail, k, n - k + 1),
      to: k == n ? 1 : quantile(1 - tail, k + 1, n - k), confidence: confidence)
  }
}
