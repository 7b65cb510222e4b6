/// The plain rule: silence is suspicious after a fixed number of periods without life.
///
/// It learns nothing, so it is as good as its settings. With an interval η and m misses it waits for a silence of m·η.
/// The detection time after a fault is between (m − 1)·η and m·η, plus the time the last answer was on its way.
enum FixedMisses {
  /// Whole periods of silence; 0 before the first is over.
  static func missed(silence: Double, interval: Double) -> Double {
    max(0, (silence / interval).rounded(.down))
  }

  /// Seconds of silence after which `misses` whole periods are over.
  static func silence(misses: Int, interval: Double) -> Double {
    Double(max(1, misses)) * interval
  }
}
