import FlatlineCore
public import FlatlineExplaining

extension UserTimeoutDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.userTimeout = .init(timeout: timeout, sparesStalled: sparesStalled)
    return timers
  }

  /// Connection ends by the kernel, at once, except a FIN. A closed window for which the time-out is lifted.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    var promised = scenario.ending.map { $0.isHalfClose ? [] : [$0] } ?? []
    // The next look comes a period later, rounded up to an eighth.
    if sparesStalled, scenario.effect == .closedWindow, let stuck = scenario.isStuckWithin {
      promised.append(
        PromisedEvidence(
          .suspicious, layer: .process, cause: .stalled, by: stuck + period * 9 / 8 + FaultScenario.slack))
    }
    return promised
  }

  /// Connection ends by the kernel. A window that closes is suspicious at once.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    switch scenario.effect {
    case .hang, .closedWindow: accusation == .suspicion ? .zero : scenario.earliestEnding
    case .finish, .reset, .forgotten, .silence, .localLoss, .destroyed, .largePacketsLost:
      scenario.earliestEnding
    }
  }
}
