import Glibc

/// The incomplete gamma and beta functions, the base of the exact intervals. Series and continued fractions as in
/// Abramowitz, Stegun, Handbook of Mathematical Functions, 6.5 and 26.5, evaluated by Lentz's method. Accurate to about
/// 1e-12 for the arguments that counts of trials give.
enum SpecialFunctions {
  private static let tiny = 1e-300
  private static let precision = 1e-15
  /// Each loop ends long before this for arguments below a million.
  private static let mostTerms = 10_000

  /// The logarithm of Γ(x), x > 0.
  static func logGamma(_ x: Double) -> Double {
    var sign: CInt = 0
    return lgamma_r(x, &sign)
  }

  /// P(a, x): the regularized lower incomplete gamma function; the distribution of a gamma variable of shape a.
  static func gammaP(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    let scale = exp(-x + a * log(x) - logGamma(a))
    guard x >= a + 1 else {
      var term = 1 / a
      var sum = term
      var n = a
      for _ in 0..<mostTerms {
        n += 1
        term *= x / n
        sum += term
        if abs(term) < abs(sum) * precision { break }
      }
      return min(1, sum * scale)
    }
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var h = d
    for i in 1...mostTerms {
      let an = -Double(i) * (Double(i) - a)
      b += 2
      d = 1 / nonZero(an * d + b)
      c = nonZero(b + an / c)
      h *= d * c
      if abs(d * c - 1) < precision { break }
    }
    return max(0, 1 - scale * h)
  }

  /// I_x(a, b): the regularized incomplete beta function; the distribution of a beta variable.
  static func betaI(_ a: Double, _ b: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    let scale = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x))
    return x < (a + 1) / (a + b + 2)
      ? scale * betaFraction(a, b, x) / a : 1 - scale * betaFraction(b, a, 1 - x) / b
  }

  private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var c = 1.0
    var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
    var h = d
    for i in 1...mostTerms {
      let m = Double(i)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonZero(1 + even * d)
      c = nonZero(1 + even / c)
      h *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonZero(1 + odd * d)
      c = nonZero(1 + odd / c)
      h *= d * c
      if abs(d * c - 1) < precision { break }
    }
    return h
  }

  /// The argument at which a growing distribution function reaches a probability, by bisection.
  static func quantile(
    _ probability: Double, in range: ClosedRange<Double>, of distribution: (Double) -> Double
  ) -> Double {
    var low = range.lowerBound
    var high = range.upperBound
    for _ in 0..<200 where high - low > 1e-13 * max(1, abs(low)) {
      let middle = (low + high) / 2
      if distribution(middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private static func nonZero(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
}
