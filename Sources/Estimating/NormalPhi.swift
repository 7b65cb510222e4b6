#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The φ accrual failure detector of Hayashibara, Défago, Yared, Katayama, "The φ Accrual Failure Detector",
/// SRDS 2004: with normally distributed times between arrivals,
///
///     φ(t) = −log10(1 − F(t))
///
/// so that suspecting at φ = 1 is wrong once in ten, at φ = 2 once in a hundred, and so on.
enum NormalPhi {
  /// φ after `silence` seconds. Finite and increasing however long the silence; a deviation below 1 ns counts
  /// as 1 ns.
  static func level(silence: Double, mean: Double, deviation: Double) -> Double {
    level(atScore: (silence - mean) / max(deviation, 1e-9))
  }

  /// Seconds of silence at which φ reaches the threshold: the inverse of ``level(silence:mean:deviation:)``,
  /// never negative.
  static func silence(threshold: Double, mean: Double, deviation: Double) -> Double {
    max(0, mean + score(atLevel: threshold) * max(deviation, 1e-9))
  }

  /// φ of the standard normal distribution.
  static func level(atScore score: Double) -> Double {
    let x = score / 2.0.squareRoot()
    // Left of the mean 1 − F is nearly one: take the logarithm of the missing part.
    if x < 0 { return -log1p(-erfc(-x) / 2) / ln10 }
    // erfc is exact to the last place here, but leaves the range of a Double soon after x = 26.
    if x < tail { return -log10(erfc(x) / 2) }
    return (x * x + log(2 * x * Double.pi.squareRoot()) - log1p(tailCorrection(x))) / ln10
  }

  /// The inverse of ``level(atScore:)``.
  ///
  /// φ is convex and increasing, and √(2·ln10·φ) is right of its inverse, so Newton's method comes down to it
  /// without ever passing it.
  static func score(atLevel level: Double) -> Double {
    guard level > 0 else { return -.infinity }
    guard level < 1e30 else { return (2 * ln10 * level).squareRoot() }
    var score = (2 * ln10 * level).squareRoot()
    for _ in 0..<200 {
      let excess = Self.level(atScore: score) - level
      let step = excess / slope(atScore: score)
      // Not above any more: the rest is rounding.
      guard step > 0, score - step < score else { break }
      score -= step
    }
    return score
  }

  /// dφ/dz: the density over 1 − F.
  private static func slope(atScore score: Double) -> Double {
    let x = score / 2.0.squareRoot()
    if x >= tail { return score / (1 + tailCorrection(x)) / ln10 }
    let density = exp(-x * x) / (2 * Double.pi).squareRoot()
    return density / (erfc(x) / 2) / ln10
  }

  /// c in erfc(x) = exp(−x²) / (x·√π) · (1 + c), where c = −1/2x² + 3/4x⁴ − … (Abramowitz and Stegun 7.1.23).
  private static func tailCorrection(_ x: Double) -> Double {
    let y = 1 / (2 * x * x)
    return -y * (1 - 3 * y * (1 - 5 * y * (1 - 7 * y * (1 - 9 * y))))
  }

  private static let tail = 25.0
  private static let ln10 = 2.302585092994045684
}
