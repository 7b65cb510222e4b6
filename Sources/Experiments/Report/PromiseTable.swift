import Flatline

/// What each policy promised beside the slowest that was measured, over all silent faults.
public struct PromiseTable: Sendable {
  /// One promise of one policy.
  public struct Row: Sendable {
    /// The policy's name.
    public var policy: String
    /// "dead, idle, heartbeat".
    public var what: String
    /// At the latest so long after the fault.
    public var promised: Duration
    /// The slowest, and the fault it was measured in; `nil` where nothing was found.
    public var measured: Duration?
    /// The fault that the slowest was measured in.
    public var slowestFault: String?
  }

  /// In the policies' order.
  public private(set) var rows: [Row] = []

  /// - Parameter records: of a run; policies appear in their order.
  public init(_ records: [TrialRecord]) {
    var order: [String] = []
    for record in records where !order.contains(record.trial.policy.name) {
      order.append(record.trial.policy.name)
    }
    let crashes = Dictionary(grouping: records.filter(\.isCrash)) { $0.trial.policy.name }
    for policy in order {
      for traffic in Traffic.allCases {
        let own = (crashes[policy] ?? []).filter { $0.trial.traffic == traffic }
        guard let first = own.first else { continue }
        let roundTrip = first.trial.conditions.roundTrip
        add(
          policy, "suspect, \(traffic.summary)", first.promise.suspect(traffic, roundTrip: roundTrip),
          own.map { ($0.result.suspectAfter, $0.trial.scenario.name) })
        add(
          policy, "dead, \(traffic.summary)", first.promise.dead(traffic, roundTrip: roundTrip),
          own.map { ($0.time(of: .conviction), $0.trial.scenario.name) })
      }
    }
  }

  private mutating func add(
    _ policy: String, _ what: String, _ promised: Duration?, _ measured: [(time: Duration?, fault: String)]
  ) {
    guard let promised else { return }
    let slowest = measured.filter { $0.time != nil }.max { ($0.time ?? .zero) < ($1.time ?? .zero) }
    rows.append(
      Row(
        policy: policy, what: what, promised: promised, measured: slowest?.time, slowestFault: slowest?.fault)
    )
  }
}
