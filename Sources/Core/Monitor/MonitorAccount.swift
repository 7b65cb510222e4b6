/// A monitor's account of its own work: the turns, the looks, and the time in each detector.
///
/// A detector that takes long holds up every connection of its monitor. It stands first here.
public struct MonitorAccount: Hashable, Sendable {
  /// The looks of one detector of one policy, and their time.
  public struct Detector: Hashable, Sendable {
    /// The name of the detector in the policy.
    public let name: DetectorName
    /// The name of the policy.
    public let policy: String
    /// Its looks at all connections, challenges and stalls included.
    public let looks: Int
    /// The time in the detector. It is a projection: of a detector that is fast, one look in 16 is timed.
    public let time: Duration
    /// The longest look that was timed.
    public let longest: Duration
  }

  /// Turns of the monitor: each serves every connection that is ready or due.
  public let turns: Int
  /// Looks at connections. One look may be of several detectors.
  public let looks: Int
  /// Sum of the monitor's stalls, as ``Monitor/timeAsleep``.
  public let timeAsleep: Duration
  /// The detectors of all policies that the monitor has used, by time, the longest first.
  public let detectors: [Detector]

  init(turns: Int, looks: Int, timeAsleep: Duration, detectors: [Detector]) {
    self.turns = turns
    self.looks = looks
    self.timeAsleep = timeAsleep
    self.detectors = detectors.sorted { $0.time > $1.time }
  }
}

extension MonitorAccount: CustomStringConvertible {
  /// One line for the monitor and one for each detector.
  public var description: String {
    (["\(turns) turns, \(looks) looks, asleep \(timeAsleep)"] + detectors.map(\.description))
      .joined(separator: "\n")
  }
}

extension MonitorAccount.Detector: CustomStringConvertible {
  /// The detector, its policy, its looks, its time, and the longest look.
  public var description: String {
    "\(name) (\(policy)): \(looks) looks, \(time), longest \(longest)"
  }
}
