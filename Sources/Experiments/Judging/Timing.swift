import Flatline

/// A measured time compared with the promised one.
enum Timing: Hashable, Sendable {
  case kept
  case late(Duration)
  /// It never came, and the run was long enough.
  case missed
  /// Nothing is promised, or nothing within the run.
  case open
}

extension TrialResult {
  /// Whether a promise was kept.
  ///
  /// - Parameters:
  ///   - time: from the fault on; `nil` for never.
  ///   - asleep: how much of that time the monitor was asleep; every deadline moves by as much.
  ///   - promised: the latest time; `nil` for no promise.
  func timing(of time: Duration?, asleep: Duration, promised: Duration?) -> Timing {
    guard let promised else { return .open }
    guard let time else { return promised > length ? .open : .missed }
    // The fault may have been in force this much later than its time.
    let delay = time - asleep - doubt - promised
    return delay <= .zero ? .kept : .late(delay)
  }

  /// Whether the death came as promised.
  ///
  /// - Parameters:
  ///   - policy: of the trial.
  ///   - promised: the latest time; `nil` for no promise.
  func deathTiming(_ policy: Policy, promised: Duration?) -> Timing {
    let end = end(of: policy)
    return timing(of: end?.offset, asleep: end?.asleep ?? .zero, promised: promised)
  }

  /// Whether the suspicion came as promised.
  ///
  /// - Parameter promised: the latest time; `nil` for no promise.
  func suspicionTiming(promised: Duration?) -> Timing {
    timing(of: suspectAfter, asleep: asleepUntilSuspect, promised: promised)
  }
}
