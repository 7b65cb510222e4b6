import Flatline

/// A time that was measured, beside what was promised.
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
  ///   - asleep: for how long of that the monitor was itself asleep; every deadline moves by as much.
  ///   - promised: at the latest; `nil` for nothing.
  func timing(of time: Duration?, asleep: Duration, promised: Duration?) -> Timing {
    guard let promised else { return .open }
    guard let time else { return promised > length ? .open : .missed }
    // The fault may have come as late as its making took.
    let delay = time - asleep - doubt - promised
    return delay <= .zero ? .kept : .late(delay)
  }

  /// Whether the death was told as promised.
  ///
  /// - Parameters:
  ///   - policy: of the trial.
  ///   - promised: at the latest; `nil` for nothing.
  func deathTiming(_ policy: Policy, promised: Duration?) -> Timing {
    let end = end(of: policy)
    return timing(of: end?.offset, asleep: end?.asleep ?? .zero, promised: promised)
  }

  /// Whether the suspicion was told as promised.
  ///
  /// - Parameter promised: at the latest; `nil` for nothing.
  func suspicionTiming(promised: Duration?) -> Timing {
    timing(of: suspectAfter, asleep: asleepUntilSuspect, promised: promised)
  }
}
