import Flatline

/// The quality of a policy as a failure detector, by the definitions of Chen, Toueg, Aguilera (On the quality of
/// service of failure detectors, IEEE Transactions on Computers 51(5), 2002). Intervals are of 95% over repeated runs.
public struct QualityOfService: Hashable, Sendable {
  /// T_D: from a crash until the peer is distrusted for good. Seconds. Student's t.
  public var detectionTime: ConfidenceInterval
  /// The longest detection time seen, seconds.
  public var worstDetectionTime: Double?
  /// λ_M: mistakes a second of the peer's life. Exact Poisson.
  public var mistakeRate: ConfidenceInterval
  /// T_M: duration of a mistake until it is taken back; a mistake that still stands at the end lasts until the end.
  /// Seconds. Student's t.
  public var mistakeDuration: ConfidenceInterval
  /// P_A: the probability that a living peer is trusted at a random moment. Student's t over runs.
  public var accuracy: ConfidenceInterval
  /// Mistakes seen.
  public var mistakes: Int
  /// Seconds of life watched.
  public var exposure: Double
  /// Crashes found.
  public var detected: Int
  /// Crashes made.
  public var crashes: Int

  /// - Parameters:
  ///   - records: trials of one policy under one kind of traffic.
  ///   - distrust: the gravity that counts as distrust.
  public init(_ records: [TrialRecord], _ distrust: TrialResult.Distrust) {
    var times: [Double] = []
    var durations: [Double] = []
    var accuracies: [Double] = []
    var mistakes = 0
    var exposure = 0.0
    var crashes = 0
    for record in records where record.result.failure == nil {
      let scenario = record.trial.scenario
      let alive = record.result.alive(in: scenario)
      let life = (alive.upperBound - alive.lowerBound).secondsValue
      let made = record.result.mistakes(in: scenario, distrust)
      let lengths = made.map { (($0.end ?? alive.upperBound) - $0.start).secondsValue }
      mistakes += made.count
      exposure += life
      durations += lengths
      if life > 0 { accuracies.append(max(0, 1 - lengths.reduce(0, +) / life)) }
      guard record.isCrash else { continue }
      crashes += 1
      if let time = record.time(of: distrust) { times.append(max(0, time.secondsValue)) }
    }
    detectionTime = .mean(times)
    worstDetectionTime = times.max()
    mistakeRate = .rate(mistakes, in: exposure)
    mistakeDuration = .mean(durations)
    accuracy = ConfidenceInterval.mean(accuracies).clamped(to: 0...1)
    self.mistakes = mistakes
    self.exposure = exposure
    detected = times.count
    self.crashes = crashes
  }
}
