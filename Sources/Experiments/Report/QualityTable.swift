public import Flatline

/// The quality of service of each policy under each kind of traffic: over all crashes, and over all trouble that it
/// promises to survive.
public struct QualityTable: Sendable {
  /// One policy under one kind of traffic.
  public struct Row: Sendable {
    /// The policy's name.
    public var policy: String
    /// The traffic of the connections.
    public var traffic: Traffic
    /// Distrust is suspicion.
    public var suspicion: QualityOfService
    /// Distrust is conviction.
    public var conviction: QualityOfService
    /// The share of trials that kept their promise: Clopper and Pearson.
    public var kept: ConfidenceInterval
  }

  /// In the policies' order.
  public private(set) var rows: [Row] = []

  /// - Parameter records: of a run; policies appear in their order.
  public init(_ records: [TrialRecord]) {
    var order: [String] = []
    for record in records where !order.contains(record.trial.policy.name) {
      order.append(record.trial.policy.name)
    }
    let byPolicy = Dictionary(grouping: records) { $0.trial.policy.name }
    for policy in order {
      for traffic in Traffic.allCases {
        let own = (byPolicy[policy] ?? []).filter { $0.trial.traffic == traffic && $0.counts }
        guard !own.isEmpty else { continue }
        rows.append(
          Row(
            policy: policy, traffic: traffic, suspicion: QualityOfService(own, .suspicion),
            conviction: QualityOfService(own, .conviction),
            kept: .share(own.count { !$0.judgement.isWrong }, of: own.count)))
      }
    }
  }
}

extension TrialRecord {
  /// Whether it counts. Not counted: trouble that no promise covers, and a fault that cannot be seen.
  fileprivate var counts: Bool {
    switch judgement {
    case .blind, .notWithinRun, .failed: false
    default:
      trial.scenario.isFault || (promise.survives ?? Endurance()).covers(trial.trouble)
    }
  }
}
