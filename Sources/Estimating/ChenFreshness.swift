/// The algorithm NFD-E of Chen, Toueg, Aguilera, "On the Quality of Service of Failure Detectors", IEEE
/// Transactions on Computers 51(5), 2002.
///
/// Heartbeat number s is due on a schedule with the period η. A(s) is its arrival. A(s) − η·s is the origin of the
/// schedule as that heartbeat shows it. The mean over the window gives the expected arrival of the next one:
///
///     EA(l+1) = mean(A(i) − η·s(i)) + (l+1)·η
///
/// Silence is suspicious after the freshness point τ(l+1) = EA(l+1) + α. Arrivals need no clock in common with the
/// sender.
///
/// Seconds count from an origin the caller chooses near the first arrival. Doubles then hold A − η·s to
/// better than 10 ns for a year.
enum ChenFreshness {
  /// A(s) − η·s, the sample whose mean ``expectedArrival(meanOffset:after:interval:)`` takes.
  static func offset(arrival: Double, sequence: UInt64, interval: Double) -> Double {
    arrival - interval * Double(sequence)
  }

  /// EA(l+1), where l is the latest heartbeat that arrived.
  static func expectedArrival(meanOffset: Double, after sequence: UInt64, interval: Double) -> Double {
    meanOffset + interval * (Double(sequence) + 1)
  }
}
