/// φ with exponentially distributed times between arrivals, as in Cassandra (Lakshman, Malik, "Cassandra: a
/// decentralized structured storage system", ACM SIGOPS Operating Systems Review 44(2), 2010, section 5.3.1).
///
/// 1 − F(t) = exp(−t/mean), so φ(t) = t / (mean·ln 10): it grows linearly and needs no spread. That suits arrivals that
/// are far from regular. It is slower than ``NormalPhi`` where they are regular.
enum ExponentialPhi {
  private static let ln10 = 2.302585092994045684

  /// φ after `silence` seconds.
  static func level(silence: Double, mean: Double) -> Double {
    max(0, silence) / (max(mean, 1e-9) * ln10)
  }

  /// Seconds of silence at which φ reaches the threshold.
  static func silence(threshold: Double, mean: Double) -> Double {
    max(0, threshold) * max(mean, 1e-9) * ln10
  }
}
