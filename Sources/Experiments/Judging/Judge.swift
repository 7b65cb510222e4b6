import Flatline

/// Judges a trial by what should have come of it. Pure.
public struct Judge: Sendable {
  private let trial: Trial
  private let promise: Promise

  /// What the kernel tells is at once; two looks of the slowest sampler are allowed to the single methods that only
  /// sample.
  static let atOnce = Duration.milliseconds(100)

  /// - Parameters:
  ///   - trial: what was tried.
  ///   - promise: what its policy promises.
  public init(_ trial: Trial, promise: Promise) {
    self.trial = trial
    self.promise = promise
  }

  /// - Parameter result: what was observed.
  public func judge(_ result: TrialResult) -> Judgement {
    if let failure = result.failure { return .failed(failure) }
    let expectation = trial.scenario.expectation(trial.traffic)
    // Called dead before anything was wrong.
    if let early = result.convictions.first(where: { $0.offset < .zero }) { return .convicted(early.cause) }
    switch expectation.demand {
    case .alive: return judgeLife(result)
    case .suspect(let causes): return judgeSuspicion(result, expectation, causes)
    case .dead(let causes): return judgeDeath(result, expectation, causes)
    }
  }

  private func judgeSuspicion(
    _ result: TrialResult, _ expectation: Expectation, _ causes: [Cause]
  ) -> Judgement {
    if let conviction = result.convictions.first {
      // How long such a peer may stay is the policy's to say.
      return allowed(conviction.cause, among: causes) && isExplainedDeath
        ? .right : .convicted(conviction.cause)
    }
    guard let suspicion = result.suspicion else {
      return isBlind(to: expectation) ? .blind(needs: expectation.seenBy) : .missed
    }
    return suspicion.cause.map { allowed($0, among: causes) } ?? false
      ? .right : .wrongCause(suspicion.cause ?? .pathSilent)
  }

  /// Whether the policy itself tells of a death here.
  private var isExplainedDeath: Bool {
    guard let fault = FaultClass(rawValue: trial.scenario.name),
      let explanation = try? Explanation(trial.policy, registry: .builtIn)
    else { return false }
    return explanation[fault, trial.traffic]?.dead != nil
  }

  private func isBlind(to expectation: Expectation) -> Bool {
    let seers = expectation.seenBy
    return !seers.isEmpty
      && !trial.policy.detectors.contains { use in
        // A heartbeat that is not spoken sees nothing.
        seers.contains(use.name) && (use.name != HeartbeatDetector.name || trial.traffic == .heartbeat)
      }
  }

  private func allowed(_ cause: Cause, among causes: [Cause]) -> Bool {
    causes.isEmpty || causes.contains(cause)
  }

  private func judgeLife(_ result: TrialResult) -> Judgement {
    guard let conviction = result.convictions.first else { return .right }
    // Who promises nothing survives at least what is no trouble.
    let isPromised = (promise.survives ?? Endurance()).covers(trial.trouble)
    return isPromised ? .convicted(conviction.cause) : .convictedBeyondPromise(conviction.cause)
  }

  private func judgeDeath(
    _ result: TrialResult, _ expectation: Expectation, _ causes: [Cause]
  ) -> Judgement {
    let used = trial.policy.detectors.map(\.name)
    let limit = self.limit(expectation)
    guard let end = result.end(of: trial.policy) else {
      guard !isBlind(to: expectation), let limit else { return .blind(needs: expectation.seenBy) }
      return limit > result.length ? .notWithinRun(promised: limit) : .missed
    }
    // The fault may have come as late as that.
    if let limit, end.offset > limit + result.doubt { return .late(end.offset - limit) }
    if let witness = expectation.witness {
      if end.cause == witness.cause { return .right }
      // Who has the witness must know.
      if used.contains(witness.detector) { return .wrongCause(end.cause) }
      return allowed(end.cause, among: causes)
        ? .witnessMissing(witness.detector) : .wrongCause(end.cause)
    }
    return allowed(end.cause, among: causes) ? .right : .wrongCause(end.cause)
  }

  /// By when the verdict must be dead; `nil` where nothing is promised.
  public func limit(_ expectation: Expectation) -> Duration? {
    let promised = promise.dead(trial.traffic, roundTrip: trial.conditions.roundTrip)
    switch expectation.haste {
    case .promised: return promised
    case .atOnce:
      // Only readiness is at once; what samples sees it at its next look.
      return trial.policy.detectors.contains { $0.name == EpollDetector.name }
        ? Judge.atOnce + trial.conditions.roundTrip * 2 : promised
    }
  }
}
