import Flatline

/// A trial, what was promised, what was observed and what that is worth.
public struct TrialRecord: Sendable {
  /// What was tried.
  public var trial: Trial
  /// What the policy promises.
  public var promise: Promise
  /// What was observed.
  public var result: TrialResult
  /// Whether that is what was promised.
  public var judgement: Judgement

  /// Judges a result.
  public init(_ trial: Trial, promise: Promise, result: TrialResult) {
    self.trial = trial
    self.promise = promise
    self.result = result
    judgement = Judge(trial, promise: promise).judge(result)
  }

  /// By when the verdict had to be dead; `nil` where nothing is promised or nobody is to die.
  public var limit: Duration? { promise.dead }

  /// Whether the peer vanished without a word: a crash as Chen, Toueg and Aguilera mean it, that a policy can only
  /// find by silence.
  public var isCrash: Bool {
    let expectation = trial.scenario.expectation(trial.traffic)
    guard case .dead(let causes) = expectation.demand else { return false }
    return causes.first == .pathSilent
  }

  /// When the peer was first distrusted after the fault.
  ///
  /// - Parameter distrust: what counts.
  public func time(of distrust: TrialResult.Distrust) -> Duration? {
    switch distrust {
    case .suspicion: result.suspectAfter
    case .conviction: result.end(of: trial.policy)?.offset
    }
  }
}
