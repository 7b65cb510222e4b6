public import FlatlineCore
import FlatlineEstimating

extension ActivityDetector {
  /// The value of each setting that is not given.
  public enum Defaults {
    /// Of `estimator`.
    static let estimator = "phi-normal"
    /// φ from which a silence is suspicious: one wrong suspicion in 10⁸ silences, if the model holds.
    public static let threshold = 8.0
    /// Of `Estimator.phiNormal(threshold:minimumDeviation:)`: a period of sampling.
    public static let minimumDeviation = Duration.milliseconds(250)
    /// Of ``ActivityDetector/arrivals``.
    public static let arrivals = 10
    /// Of ``ActivityDetector/window``.
    public static let window = 200
    /// Of ``ActivityDetector/leastSilence``.
    public static let leastSilence = Duration.seconds(1)
    /// Of ``ActivityDetector/convicts``.
    public static let convicts = false
    /// Of ``ActivityDetector/period``.
    public static let period = Duration.milliseconds(250)
  }

  public static let settings: [SettingDescription] = [
    .choice(
      "estimator", Defaults.estimator, of: ["phi-normal", "phi-exponential"],
      "How pauses are taken to be spread: around a mean, or without any rhythm."),
    .number(
      "threshold", Defaults.threshold, in: 0.1...300, "The level of suspicion (phi) that is suspicious."),
    .duration(
      "minimumDeviation", Defaults.minimumDeviation, in: .zero ... .seconds(3600),
      "phi-normal: the least deviation assumed of the pauses."),
    .integer("arrivals", Defaults.arrivals, in: 2...1_000_000, "Pauses seen before there is an opinion."),
    .integer("window", Defaults.window, in: 2...1_000_000, "Pauses remembered."),
    .duration(
      "leastSilence", Defaults.leastSilence, in: .milliseconds(10) ... .seconds(86_400),
      "Silence shorter than this is never suspicious."),
    .flag("convicts", Defaults.convicts, "Twice the suspicious silence is a death."),
    .duration(
      "period", Defaults.period, in: .milliseconds(10) ... .seconds(3600), "Time between samples."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    let threshold = try settings.number("threshold")
    let estimator: Estimator =
      try settings.text("estimator") == "phi-exponential"
      ? .phiExponential(threshold: threshold)
      : .phiNormal(threshold: threshold, minimumDeviation: try settings.duration("minimumDeviation"))
    self.init(
      estimator: estimator, arrivals: try settings.integer("arrivals"),
      window: try settings.integer("window"), leastSilence: try settings.duration("leastSilence"),
      convicts: try settings.flag("convicts"), period: try settings.duration("period"))
  }
}

extension DetectorUse {
  /// The activity detector in a policy; see `ActivityDetector`.
  public static func activity(
    phi threshold: Double = ActivityDetector.Defaults.threshold,
    minimumDeviation: Duration = ActivityDetector.Defaults.minimumDeviation,
    arrivals: Int = ActivityDetector.Defaults.arrivals,
    leastSilence: Duration = ActivityDetector.Defaults.leastSilence,
    convicts: Bool = ActivityDetector.Defaults.convicts, period: Duration = ActivityDetector.Defaults.period
  ) -> DetectorUse {
    DetectorUse(
      ActivityDetector.name,
      [
        "threshold": .number(threshold), "minimumDeviation": .duration(minimumDeviation),
        "arrivals": .integer(arrivals), "leastSilence": .duration(leastSilence),
        "convicts": .flag(convicts), "period": .duration(period),
      ])
  }
}
