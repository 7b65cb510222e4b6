/// Computes from past arrivals when silence becomes suspicious.
///
/// Pure: the caller keeps one ``ArrivalStatistics`` a connection and the time it last heard of the peer. All
/// times are seconds as `Double` from one origin of the caller's choice, best near the first arrival.
///
/// Let only answers to pings be samples (``record(_:into:window:)``). Other life, such as the app's own traffic, should
/// only move `lastHeard`. It comes in bursts: a detector that learns the microseconds inside a burst suspects the pause
/// after it.
///
/// Numbers out of range count as the nearest sensible ones: misses below 1 as 1, a negative margin or
/// threshold as 0, an interval below 1 ns as 1 ns.
@nonexhaustive
public enum Estimator: Sendable, Hashable {
  /// So many periods without life. Learns nothing.
  case fixed(misses: Int)

  /// The next answer is expected on the schedule of the last ones, and may be `margin` late (α). NFD-E of Chen, Toueg,
  /// Aguilera 2002.
  case chen(margin: Duration)

  /// φ with normally distributed times between answers, spread at least by `minimumDeviation`. Hayashibara
  /// et al. 2004. Without a minimum, a quiet network teaches it to suspect the first small delay.
  case phiNormal(threshold: Double, minimumDeviation: Duration)

  /// φ with exponentially distributed times between answers. Lakshman, Malik 2010.
  case phiExponential(threshold: Double)

  /// An answer to a ping.
  public struct Arrival: BitwiseCopyable, Sendable, Hashable {
    /// When it came.
    public var time: Double

    /// When the answer before it came; `nil` for the first.
    public var previous: Double?

    /// Number of the ping that it answers. Numbers count periods of the schedule: a skipped ping skips its number.
    public var sequence: UInt64

    /// Seconds between pings (η).
    public var interval: Double

    /// From its parts, each described at its property.
    public init(time: Double, previous: Double?, sequence: UInt64, interval: Double) {
      self.time = time
      self.previous = previous
      self.sequence = sequence
      self.interval = interval
    }
  }

  /// The known facts while the peer is silent.
  public struct Silence: BitwiseCopyable, Sendable, Hashable {
    /// When any life was heard last.
    public var lastHeard: Double

    /// The latest ping answered.
    public var sequence: UInt64

    /// Seconds between pings (η).
    public var interval: Double

    /// Of this connection, filled by the same estimator.
    public var statistics: ArrivalStatistics

    /// From its parts, each described at its property.
    public init(lastHeard: Double, sequence: UInt64, interval: Double, statistics: ArrivalStatistics) {
      self.lastHeard = lastHeard
      self.sequence = sequence
      self.interval = interval
      self.statistics = statistics
    }
  }

  /// Samples below this number teach nothing yet; see ``suspicionDeadline(_:)``.
  public static let minimumSamples: UInt32 = 2

  /// Takes an answer into the connection's statistics.
  public func record(
    _ arrival: Arrival, into statistics: inout ArrivalStatistics,
    window: UInt32 = ArrivalStatistics.defaultWindow
  ) {
    switch self {
    case .chen:
      let offset = ChenFreshness.offset(
        arrival: arrival.time, sequence: arrival.sequence, interval: period(arrival.interval))
      statistics.add(offset, window: window)
    case .fixed, .phiNormal, .phiExponential:
      guard let previous = arrival.previous else { return }
      statistics.add(arrival.time - previous, window: window)
    }
  }

  /// Time from which silence is suspicious, if no life arrives before.
  ///
  /// - `fixed`: `lastHeard` + misses · η.
  /// - `chen`: τ(l+1), but at least `lastHeard` + margin, so that life other than answers counts.
  /// - φ: `lastHeard` + the silence at which φ reaches the threshold, but at least `lastHeard` + η: before
  ///   that no answer was due.
  ///
  /// With fewer than ``minimumSamples``: `chen` expects the next answer at `lastHeard` + η; φ takes η for
  /// the mean and η/4, or the minimum if that is more, for the deviation (as Akka does).
  public func suspicionDeadline(_ silence: Silence) -> Double {
    let interval = period(silence.interval)
    switch self {
    case .fixed(let misses):
      return silence.lastHeard + FixedMisses.silence(misses: misses, interval: interval)
    case .chen(let margin):
      let margin = max(0, margin.inSeconds)
      return max(expectedArrival(silence) + margin, silence.lastHeard + margin)
    case .phiNormal(let threshold, let minimum):
      let (mean, deviation) = normal(silence, minimum: minimum)
      let limit = NormalPhi.silence(threshold: threshold, mean: mean, deviation: deviation)
      return silence.lastHeard + max(limit, interval)
    case .phiExponential(let threshold):
      let limit = ExponentialPhi.silence(threshold: threshold, mean: mean(silence))
      return silence.lastHeard + max(limit, interval)
    }
  }

  /// Level of suspicion at a time; never negative, and never less at a later time.
  ///
  /// - `fixed`: whole periods missed.
  /// - `chen`: how late the next answer is, in margins.
  /// - φ: φ.
  ///
  /// At the deadline it has reached the ``threshold``. If the deadline was postponed to its minimum, it may have done
  /// so earlier.
  public func level(at now: Double, _ silence: Silence) -> Double {
    let interval = period(silence.interval)
    let silent = max(0, now - silence.lastHeard)
    switch self {
    case .fixed: return FixedMisses.missed(silence: silent, interval: interval)
    case .chen(let margin): return max(0, now - expectedArrival(silence)) / max(margin.inSeconds, 1e-9)
    case .phiNormal(_, let minimum):
      let (mean, deviation) = normal(silence, minimum: minimum)
      return NormalPhi.level(silence: silent, mean: mean, deviation: deviation)
    case .phiExponential: return ExponentialPhi.level(silence: silent, mean: mean(silence))
    }
  }

  /// The ``level(at:_:)`` that is suspicious.
  public var threshold: Double {
    switch self {
    case .fixed(let misses): Double(max(1, misses))
    case .chen: 1
    case .phiNormal(let threshold, _), .phiExponential(let threshold): max(0, threshold)
    }
  }
}

extension Estimator {
  /// The name in settings and messages.
  public var name: String {
    switch self {
    case .fixed: "fixed"
    case .chen: "chen"
    case .phiNormal: "phi-normal"
    case .phiExponential: "phi-exponential"
    }
  }

  private func period(_ interval: Double) -> Double { interval >= 1e-9 ? interval : 1e-9 }

  private func expectedArrival(_ silence: Silence) -> Double {
    let interval = period(silence.interval)
    guard silence.statistics.count >= Self.minimumSamples else { return silence.lastHeard + interval }
    return ChenFreshness.expectedArrival(
      meanOffset: silence.statistics.mean, after: silence.sequence, interval: interval)
  }

  private func mean(_ silence: Silence) -> Double {
    silence.statistics.count < Self.minimumSamples ? period(silence.interval) : silence.statistics.mean
  }

  private func normal(_ silence: Silence, minimum: Duration) -> (mean: Double, deviation: Double) {
    let known = silence.statistics.count >= Self.minimumSamples
    let deviation = known ? silence.statistics.standardDeviation : period(silence.interval) / 4
    return (mean(silence), max(deviation, minimum.inSeconds))
  }
}

extension Duration {
  /// As a `Double`; exact to the nanosecond up to a hundred days.
  fileprivate var inSeconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
