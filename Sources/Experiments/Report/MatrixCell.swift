public import Flatline

/// One policy in one scenario, all repetitions together.
public struct MatrixCell: Sendable {
  /// The repetitions, at least one.
  public let records: [TrialRecord]
  /// The worst of the judgements.
  public let judgement: Judgement

  /// `nil` for no records.
  ///
  /// - Parameter records: trials that differ in their repetition and phase only.
  public init?(_ records: [TrialRecord]) {
    guard let worst = records.max(by: { $0.judgement.weight < $1.judgement.weight }) else { return nil }
    self.records = records
    judgement = worst.judgement
  }

  /// Time of the first suspicion: the slowest of all repetitions.
  public var suspect: Duration? { records.compactMap(\.result.suspectAfter).max() }

  /// Time of the dead verdict: the slowest of all repetitions.
  public var dead: Duration? { ends.map(\.offset).max() }

  /// The causes of the verdicts, each once.
  public var causes: [Cause] {
    ends.map(\.cause).reduce(into: []) { causes, cause in
      if !causes.contains(cause) { causes.append(cause) }
    }
  }

  /// The latest promised time of the dead verdict.
  public var limit: Duration? { records.compactMap(\.limit).max() }

  /// How many times a living peer was suspected, in all repetitions.
  public var suspicions: Int {
    records.reduce(0) { $0 + $1.result.mistakes(in: $1.trial.scenario, .suspicion).count }
  }

  private var ends: [TrialResult.End] {
    records.compactMap { record in
      record.trial.scenario.isFault
        ? record.result.end(of: record.trial.policy) : record.result.convictions.first
    }
  }
}

extension Judgement {
  /// Its gravity, to choose the judgement of a whole cell.
  var weight: Int {
    switch self {
    case .right: 0
    case .notWithinRun: 1
    case .blind: 2
    case .witnessMissing: 3
    case .convictedBeyondPromise: 4
    case .suspectedLate: 5
    case .late, .early: 6
    case .wrongCause: 7
    case .missed: 8
    case .convicted: 9
    case .failed: 10
    }
  }
}
