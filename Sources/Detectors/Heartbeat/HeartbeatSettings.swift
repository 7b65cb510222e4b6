public import FlatlineCore
import FlatlineEstimating

extension HeartbeatDetector {
  /// The value of each setting that is not given.
  public enum Defaults {
    /// Of ``HeartbeatDetector/interval``.
    public static let interval = Duration.milliseconds(500)
    /// Of ``HeartbeatDetector/estimator``, by its name in a policy.
    static let estimator = "fixed"
    /// Of `Estimator.fixed(misses:)`.
    public static let misses = 6
    /// Of `Estimator.chen(margin:)`.
    public static let margin = Duration.seconds(2)
    /// Of `Estimator.phiNormal(threshold:minimumDeviation:)` and `Estimator.phiExponential(threshold:)`.
    public static let threshold = 8.0
    /// Of `Estimator.phiNormal(threshold:minimumDeviation:)`.
    public static let minimumDeviation = Duration.milliseconds(100)
    /// Of ``HeartbeatDetector/hungAfter``: the estimator alone decides.
    public static let hungAfter = Duration.zero
    /// Of ``HeartbeatDetector/window``.
    public static let window = 1000
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "interval", Defaults.interval, in: .milliseconds(10) ... .seconds(86_400), "Time between pings."),
    .choice(
      "estimator", Defaults.estimator, of: ["fixed", "chen", "phi-normal", "phi-exponential"],
      "How the silence that convicts is found: missed periods, Chen's arrival estimate, or accrued suspicion."
    ),
    .integer("misses", Defaults.misses, in: 1...1000, "fixed: periods without life that convict."),
    .duration(
      "margin", Defaults.margin, in: .milliseconds(1) ... .seconds(86_400),
      "chen: how late after its expected arrival an answer convicts."),
    .number(
      "threshold", Defaults.threshold, in: 0.1...300,
      "phi-normal, phi-exponential: the level of suspicion that convicts."),
    .duration(
      "minimumDeviation", Defaults.minimumDeviation, in: .zero ... .seconds(3600),
      "phi-normal: the least deviation assumed of the time between answers."),
    .duration(
      "hungAfter", Defaults.hungAfter, in: .zero ... .seconds(86_400),
      "The silence that convicts a program whose kernel answers, if the estimator's is shorter."),
    .integer(
      "window", Defaults.window, in: 2...1_000_000, "chen, phi-normal, phi-exponential: answers remembered."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    let estimator: Estimator =
      switch try settings.text("estimator") {
      case "chen": .chen(margin: try settings.duration("margin"))
      case "phi-normal":
        .phiNormal(
          threshold: try settings.number("threshold"),
          minimumDeviation: try settings.duration("minimumDeviation"))
      case "phi-exponential": .phiExponential(threshold: try settings.number("threshold"))
      default: .fixed(misses: try settings.integer("misses"))
      }
    self.init(
      interval: try settings.duration("interval"), estimator: estimator,
      hungAfter: try settings.duration("hungAfter"), window: try settings.integer("window"))
  }
}

extension DetectorUse {
  /// The heartbeat detector with the fixed estimator in a policy; see ``HeartbeatDetector``.
  public static func heartbeat(
    interval: Duration = HeartbeatDetector.Defaults.interval, misses: Int = HeartbeatDetector.Defaults.misses,
    hungAfter: Duration = HeartbeatDetector.Defaults.hungAfter
  ) -> DetectorUse {
    heartbeat(
      interval: interval, hungAfter: hungAfter, ["estimator": .text("fixed"), "misses": .integer(misses)])
  }

  /// The heartbeat detector with Chen's estimator.
  public static func heartbeat(
    interval: Duration, chenMargin: Duration,
    hungAfter: Duration = HeartbeatDetector.Defaults.hungAfter,
    window: Int = HeartbeatDetector.Defaults.window
  ) -> DetectorUse {
    heartbeat(
      interval: interval, hungAfter: hungAfter,
      ["estimator": .text("chen"), "margin": .duration(chenMargin), "window": .integer(window)])
  }

  /// The heartbeat detector with φ accrual over normally distributed arrivals.
  public static func heartbeat(
    interval: Duration, phi threshold: Double, minimumDeviation: Duration,
    hungAfter: Duration = HeartbeatDetector.Defaults.hungAfter,
    window: Int = HeartbeatDetector.Defaults.window
  ) -> DetectorUse {
    heartbeat(
      interval: interval, hungAfter: hungAfter,
      [
        "estimator": .text("phi-normal"), "threshold": .number(threshold),
        "minimumDeviation": .duration(minimumDeviation), "window": .integer(window),
      ])
  }

  /// The heartbeat detector with φ accrual over exponentially distributed arrivals.
  public static func heartbeat(
    interval: Duration, exponentialPhi threshold: Double,
    hungAfter: Duration = HeartbeatDetector.Defaults.hungAfter,
    window: Int = HeartbeatDetector.Defaults.window
  ) -> DetectorUse {
    heartbeat(
      interval: interval, hungAfter: hungAfter,
      [
        "estimator": .text("phi-exponential"), "threshold": .number(threshold), "window": .integer(window),
      ])
  }

  private static func heartbeat(
    interval: Duration, hungAfter: Duration, _ settings: [String: SettingValue]
  ) -> DetectorUse {
    var settings = settings
    settings["interval"] = .duration(interval)
    // Left out where it is the default: two spellings of one policy are equal.
    if hungAfter != HeartbeatDetector.Defaults.hungAfter { settings["hungAfter"] = .duration(hungAfter) }
    return DetectorUse(HeartbeatDetector.name, settings)
  }
}
