public import FlatlineCore

extension ProgressDetector {
  /// The value of each setting that is not given.
  public enum Defaults {
    /// Of ``ProgressDetector/memory``.
    public static let memory = Duration.seconds(2)
    /// Of ``ProgressDetector/backlog``.
    public static let backlog = 16_384
    /// Of ``ProgressDetector/stallLimit``.
    public static let stallLimit = Duration.seconds(60)
    /// Of ``ProgressDetector/period``.
    public static let period = Duration.milliseconds(500)
    /// Of ``ProgressDetector/always``.
    public static let always = false
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "memory", Defaults.memory, in: .milliseconds(10) ... .seconds(3600), "How long a sign of life counts."),
    .integer(
      "backlog", Defaults.backlog, in: 1...1_000_000_000,
      "Bytes not yet acknowledged that excuse a late answer; fewer, and acknowledgements prove nothing."),
    .duration(
      "stallLimit", Defaults.stallLimit, in: .zero ... .seconds(86_400),
      "How long a closed window that is answered counts as life; then it is suspicious."),
    .duration(
      "period", Defaults.period, in: .milliseconds(10) ... .seconds(60), "Time between samples."),
    .flag("always", Defaults.always, "Also on connections without a heartbeat, to veto another detector."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      memory: try settings.duration("memory"), backlog: try settings.integer("backlog"),
      stallLimit: try settings.duration("stallLimit"), period: try settings.duration("period"),
      always: try settings.flag("always"))
    guard period <= memory else {
      throw PolicyError(
        at: settings.place(of: "period"), found: "\"\(DurationText.text(period))\"",
        allowed: "at most memory, \"\(DurationText.text(memory))\"")
    }
  }
}

extension DetectorUse {
  /// The progress detector in a policy, for `unless`; see `ProgressDetector`.
  public static func progress(
    memory: Duration = ProgressDetector.Defaults.memory, backlog: Int = ProgressDetector.Defaults.backlog,
    stallLimit: Duration = ProgressDetector.Defaults.stallLimit,
    period: Duration = ProgressDetector.Defaults.period, always: Bool = ProgressDetector.Defaults.always
  ) -> DetectorUse {
    DetectorUse(
      ProgressDetector.name,
      [
        "memory": .duration(memory), "backlog": .integer(backlog), "stallLimit": .duration(stallLimit),
        "period": .duration(period), "always": .flag(always),
      ])
  }
}
