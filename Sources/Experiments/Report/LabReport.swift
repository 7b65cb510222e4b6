/// All results of a run of the lab.
public struct LabReport: Sendable {
  /// The parameters of the run, and the machine.
  public struct Setting: Sendable {
    /// The command that repeats the run.
    public var command: String
    /// The kernel, from uname(2).
    public var kernel: String
    /// The date as text.
    public var date: String
    /// The path.
    public var conditions: Conditions
    /// The seed of all random draws.
    public var seed: UInt64
    /// How many times each trial was run.
    public var repetitions: Int
    /// The duration of the run.
    public var duration: Duration
    /// The delay that the labs' forwarders added to a packet, at the median.
    public var forwarderDelay: Duration?
    /// How late the machine woke a thread during the run: one wake-up in a hundred was later than this.
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

  /// The parameters of the run, and the machine.
  public var setting: Setting
  /// One for each trial.
  public var records: [TrialRecord]
  /// Detection time against mistakes, over swept settings; empty if no sweep was run.
  public var tradeOff: [TradeOffCurve]
  /// Other libraries' defaults; empty if the field was not run.
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
