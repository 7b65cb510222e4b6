import Flatline

/// A trial, its promise, its result and the judgement.
public struct TrialRecord: Sendable {
  /// The trial.
  public var trial: Trial
  /// What the policy promises.
  public var promise: Promise
  /// What was observed.
  public var result: TrialResult
  /// The judgement of the result by the promise.
  public var judgement: Judgement

  /// Judges a result.
  public init(_ trial: Trial, promise: Promise, result: TrialResult) {
    self.trial = trial
    self.promise = promise
    self.result = result
    judgement = Judge(trial, promise: promise).judge(result)
  }

  /// The latest time of the dead verdict; `nil` where nothing is promised or no death is expected.
  public var limit: Duration? { promise.dead }

  /// Whether the peer vanished without a packet: a crash as Chen, Toueg and Aguilera define it, which a policy can find
  /// by silence only.
  public var isCrash: Bool {
    let expectation = trial.scenario.expectation(trial.traffic)
    guard case .dead(let causes) = expectation.demand else { return false }
    return causes.first == .pathSilent
  }

  /// When the peer was first distrusted after the fault.
  ///
  /// - Parameter distrust: the gravity that counts.
  public func time(of distrust: TrialResult.Distrust) -> Duration? {
    switch distrust {
    case .suspicion: result.suspectAfter
    case .conviction: result.end(of: trial.policy)?.offset
    }
  }
}
