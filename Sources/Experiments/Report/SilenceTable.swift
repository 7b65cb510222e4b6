import Flatline

/// For each policy: the documented promise for silence, the time computed from its settings, and the slowest measured
/// time over all silent faults.
public struct SilenceTable: Sendable {
  /// One promise of one policy.
  public struct Row: Sendable {
    /// The policy's name.
    public var policy: String
    /// The promise: "dead, idle, heartbeat".
    public var what: String
    /// The documented time; `nil` for a policy that is not among the documented.
    public var documented: Duration?
    /// The time by `flatline explain`, over the same faults.
    public var explained: Duration
    /// The slowest measured time; `nil` where nothing was found.
    public var measured: Duration?
    /// The fault of the slowest time.
    public var slowestFault: String?
  }

  /// In the policies' order.
  public private(set) var rows: [Row] = []

  /// - Parameter records: of a run; policies appear in their order.
  public init(_ records: [TrialRecord]) {
    var order: [Policy] = []
    for record in records where !order.contains(where: { $0.name == record.trial.policy.name }) {
      order.append(record.trial.policy)
    }
    let crashes = Dictionary(grouping: records.filter(\.isCrash)) { $0.trial.policy.name }
    for policy in order {
      let documented = DocumentedPromise(of: policy)
      for traffic in Traffic.allCases {
        let own = (crashes[policy.name] ?? []).filter { $0.trial.traffic == traffic }
        guard let roundTrip = own.first?.trial.conditions.roundTrip else { continue }
        if traffic == .inFlight {
          add(
            policy, "suspect, \(traffic.rawValue)", documented?.suspect(traffic, roundTrip: roundTrip),
            own.map { ($0.promise.suspect, $0.result.suspectAfter, $0.trial.scenario.name) })
        }
        add(
          policy, "dead, \(traffic.rawValue)", documented?.dead(traffic, roundTrip: roundTrip),
          own.map { ($0.promise.dead, $0.time(of: .conviction), $0.trial.scenario.name) })
      }
    }
  }

  private mutating func add(
    _ policy: Policy, _ what: String, _ documented: Duration?,
    _ trials: [(explained: Duration?, time: Duration?, fault: String)]
  ) {
    guard let explained = trials.compactMap(\.explained).max() else { return }
    let slowest = trials.filter { $0.time != nil }.max { ($0.time ?? .zero) < ($1.time ?? .zero) }
    rows.append(
      Row(
        policy: policy.name, what: what, documented: documented, explained: explained,
        measured: slowest?.time, slowestFault: slowest?.fault))
  }
}
