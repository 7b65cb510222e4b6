/// All that a run of the lab found.
public struct LabReport: Sendable {
  /// What the run was.
  public struct Setting: Sendable {
    /// The command that repeats it.
    public var command: String
    /// The kernel, as uname(2) says it.
    public var kernel: String
    /// When, in words.
    public var date: String
    /// The path.
    public var conditions: Conditions
    /// What all chance was drawn from.
    public var seed: UInt64
    /// How often each trial was run.
    public var repetitions: Int
    /// What the run took.
    public var duration: Duration
    /// What the labs' forwarders added to a packet's way, at the median.
    public var forwarderDelay: Duration?
    /// How late the machine woke a thread meanwhile: one wake-up in a hundred was later than this.
    public var lateness: Duration?

    /// From its parts, each described at its property.
    public init(
      command: String, kernel: String, date: String, conditions: Conditions, seed: UInt64, repetitions: Int,
      duration: Duration, forwarderDelay: Duration? = nil, lateness: Duration? = nil
    ) {
      self.command = command
      self.kernel = kernel
      self.date = date
      self.conditions = conditions
      self.seed = seed
      self.repetitions = repetitions
      self.duration = duration
      self.forwarderDelay = forwarderDelay
      self.lateness = lateness
    }
  }

  /// What the run was.
  public var setting: Setting
  /// One for each trial.
  public var records: [TrialRecord]
  /// How detection time and mistakes trade as settings sweep; empty if no sweep was run.
  public var tradeOff: [TradeOffCurve]
  /// What others do; empty if the field was not run.
  public var field: [FieldRow]

  /// From its parts, each described at its property.
  public init(
    setting: Setting, records: [TrialRecord], tradeOff: [TradeOffCurve] = [], field: [FieldRow] = []
  ) {
    self.setting = setting
    self.records = records
    self.tradeOff = tradeOff
    self.field = field
  }
}
