import Flatline

/// Judges a trial by its expected outcome. Pure.
public struct Judge: Sendable {
  private let trial: Trial
  private let promise: Promise

  /// - Parameters:
  ///   - trial: the trial.
  ///   - promise: the promise of its policy.
  public init(_ trial: Trial, promise: Promise) {
    self.trial = trial
    self.promise = promise
  }

  /// - Parameter result: the result of the trial.
  public func judge(_ result: TrialResult) -> Judgement {
    if let failure = result.failure { return .failed(failure) }
    let expectation = trial.scenario.expectation(trial.traffic)
    // A dead verdict before the fault.
    if let early = result.convictions.first(where: { $0.offset < .zero }) { return .convicted(early.cause) }
    switch expectation.demand {
    case .alive(let suspicions): return judgeLife(result, suspicions)
    case .suspect(let causes): return judgeSuspicion(result, expectation, causes)
    case .dead(let causes): return judgeDeath(result, expectation, causes)
    }
  }

  private func judgeLife(_ result: TrialResult, _ suspicions: [Cause]) -> Judgement {
    // A policy without a promise survives at least the absence of trouble.
    let isPromised = (promise.survives ?? Endurance()).covers(trial.trouble)
    guard let conviction = result.convictions.first else {
      let wrong = isPromised ? result.suspicions.first { !allowed($0, among: suspicions) } : nil
      return wrong.map(Judgement.wrongCause) ?? .right
    }
    return isPromised ? .convicted(conviction.cause) : .convictedBeyondPromise(conviction.cause)
  }

  /// Judges a trial in which the peer may be suspected but must not be convicted. The policy decides how long the
  /// suspicion may last; a death that the policy itself declares is right.
  private func judgeSuspicion(
    _ result: TrialResult, _ expectation: Expectation, _ causes: [Cause]
  ) -> Judgement {
    if let conviction = result.convictions.first {
      let isTold = promise.dead != nil && allowed(conviction.cause, among: causes)
      return isTold ? judgeTime(result) ?? .right : .convicted(conviction.cause)
    }
    if let late = judgeTime(result) { return late }
    guard let suspicion = result.suspicion else {
      return isBlind(to: expectation) ? .blind(needs: expectation.seenBy) : .missed
    }
    return suspicion.cause.map { allowed($0, among: causes) } ?? false
      ? .right : .wrongCause(suspicion.cause ?? .pathSilent)
  }

  /// Whether no detector that the suspect rule asks can see it.
  private func isBlind(to expectation: Expectation) -> Bool {
    !trial.policy.suspect.detectors.map(trial.policy.method).contains { detector in
      // A heartbeat that is not sent sees nothing.
      expectation.seenBy.contains(detector) && (detector != HeartbeatDetector.name || trial.pings)
    }
  }

  private func judgeDeath(
    _ result: TrialResult, _ expectation: Expectation, _ causes: [Cause]
  ) -> Judgement {
    if let late = judgeTime(result) { return late }
    let told: Cause?
    if let end = result.end(of: trial.policy) {
      told = end.cause
    } else if let promised = promise.dead {
      return .notWithinRun(promised: promised)
    } else if promise.suspect != nil, let suspicion = result.suspicion {
      // Such a policy only suspects.
      told = suspicion.cause
    } else {
      return .blind(needs: expectation.seenBy)
    }
    guard let cause = told else { return .wrongCause(.pathSilent) }
    if let witness = expectation.witness {
      if cause == witness.cause { return .right }
      // A policy with the witness must give the witness's cause.
      if trial.policy.uses(witness.detector) { return .wrongCause(cause) }
      return allowed(cause, among: causes) ? .witnessMissing(witness.detector) : .wrongCause(cause)
    }
    return allowed(cause, among: causes) ? .right : .wrongCause(cause)
  }

  /// The judgement of the verdicts' times; `nil` if they are right.
  private func judgeTime(_ result: TrialResult) -> Judgement? {
    if let lead = lead(result) { return .early(lead) }
    switch result.deathTiming(trial.policy, promised: promise.dead) {
    case .late(let delay): return .late(delay)
    case .missed: return .missed
    case .kept, .open: break
    }
    switch result.suspicionTiming(promised: promise.suspect) {
    case .late(let delay): return .suspectedLate(delay)
    case .missed: return .missed
    case .kept, .open: return nil
    }
  }

  /// How much sooner than can be a verdict came; `nil` if none did.
  private func lead(_ result: TrialResult) -> Duration? {
    // A suspicion from before the fault says nothing about it.
    let suspicion = result.wasDoubted ? nil : result.suspectAfter
    let times = [
      (result.end(of: trial.policy)?.offset, promise.earliestDead), (suspicion, promise.earliestSuspect),
    ]
    return times.compactMap { time, earliest -> Duration? in
      guard let time, let earliest, time < earliest else { return nil }
      return earliest - time
    }.max()
  }

  /// The causes that the lab makes.
  private static let known: Set<Cause> = [
    .peerClosed, .peerReset, .peerHung, .peerRestarted, .hostUnreachable, .pathSilent, .linkDown,
    .addressLost,
    .routeLost, .routeChanged, .timedOut, .stalled, .localClosed, .localBackpressure, .largePacketsLost,
  ]

  private func allowed(_ cause: Cause, among causes: [Cause]) -> Bool {
    // The lab does not know what a cause of one's own means.
    causes.isEmpty || causes.contains(cause) || !Judge.known.contains(cause)
  }
}
