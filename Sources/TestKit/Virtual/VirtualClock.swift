public import FlatlineCore

/// A monotonic clock that stands still until a test moves it.
///
/// A detector never reads a clock: each look has the time. A test therefore runs hours of its behaviour in a moment.
public final class VirtualClock {
  /// The current time.
  public private(set) var now: MonotonicTime

  /// - Parameter start: the first time; unless given, a moment far from zero.
  public init(startingAt start: MonotonicTime = MonotonicTime(nanoseconds: 1_000_000_000_000)) {
    now = start
  }

  /// Advances it.
  public func advance(by duration: Duration) {
    advance(to: now + duration)
  }

  /// Advances it to a moment; an earlier moment does not change it.
  public func advance(to time: MonotonicTime) {
    now = max(now, time)
  }
}
