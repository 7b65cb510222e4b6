public import FlatlineCore

/// A monotonic clock that stands still until a test moves it.
///
/// A detector never reads a clock: each look has the time. So its whole behaviour, hours of it, runs
/// in a moment.
public final class VirtualClock {
  /// The moment it shows.
  public private(set) var now: MonotonicTime

  /// - Parameter start: what it shows first; unless given, a moment far from zero.
  public init(startingAt start: MonotonicTime = MonotonicTime(nanoseconds: 1_000_000_000_000)) {
    now = start
  }

  /// Moves it on.
  public func advance(by duration: Duration) {
    advance(to: now + duration)
  }

  /// Moves it to a moment; to an earlier one it does not move.
  public func advance(to time: MonotonicTime) {
    now = max(now, time)
  }
}
