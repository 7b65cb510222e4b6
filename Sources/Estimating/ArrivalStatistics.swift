/// Mean and spread of one connection's arrivals so far, in 24 bytes.
///
/// For the first `window` samples these are the exact mean and variance (Welford 1962). Afterwards each
/// sample has the weight 1/window and the older ones fade (West, "Updating mean and variance estimates: an
/// improved method", CACM 22(9), 1979; Finch, "Incremental calculation of weighted mean and variance",
/// 2009). The papers on failure detectors keep the last n samples instead, at 8·n bytes a connection. Where
/// arrivals are stationary both tend to the same mean and variance; after a change the fading form is
/// slower to forget the last of the old samples.
///
/// The ``Estimator`` defines a sample: seconds between arrivals, or seconds off a schedule.
public struct ArrivalStatistics: BitwiseCopyable, Sendable, Hashable {
  /// The window Hayashibara et al. settle on, and Cassandra and Akka with them.
  public static let defaultWindow: UInt32 = 1000

  /// Samples so far; stays at the window once that is full.
  public private(set) var count: UInt32 = 0

  /// Seconds.
  public private(set) var mean: Double = 0

  /// The sum of squared deviations from the mean, of `count` samples.
  private var squares: Double = 0

  /// Nothing seen yet.
  public init() {}

  /// Of the population, in seconds squared; 0 with fewer than two samples.
  public var variance: Double { count < 2 ? 0 : squares / Double(count) }

  /// In seconds; 0 with fewer than two samples.
  public var standardDeviation: Double { variance.squareRoot() }

  /// Takes a sample. One that is not finite or beyond ±10⁹ seconds is left out.
  public mutating func add(_ sample: Double, window: UInt32 = defaultWindow) {
    guard abs(sample) <= 1e9 else { return }
    let isFilling = count < max(1, window)
    if isFilling { count += 1 }
    let weight = 1 / Double(count)
    let difference = sample - mean
    mean += difference * weight
    // Welford adds δ²·(1 − 1/n); the fading form also lets the old sum fade by as much.
    let fading = isFilling ? squares : squares * (1 - weight)
    squares = fading + difference * difference * (1 - weight)
  }
}
