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
  ///   - promised: at the latest; `nil` for nothing.
  func timing(of time: Duration?, promised: Duration?) -> Timing {
    guard let promised else { return .open }
    guard let time else { return promised > length ? .open : .missed }
    // The fault may have come as late as that.
    return time <= promised + doubt ? .kept : .late(time - promised)
  }
}
