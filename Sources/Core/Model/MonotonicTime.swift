import CFlatline
import Glibc

/// A moment on `CLOCK_MONOTONIC`, in nanoseconds since an arbitrary start (clock_gettime(2)).
///
/// Arithmetic saturates: no duration a policy can name makes it trap or wrap.
public struct MonotonicTime: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// Nanoseconds of `CLOCK_MONOTONIC` (clock_gettime(2)).
  public var nanoseconds: UInt64

  /// A moment, in nanoseconds of `CLOCK_MONOTONIC`.
  @inlinable public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  /// Later than any moment a program reaches: a deadline that never comes.
  @inlinable public static var never: MonotonicTime { MonotonicTime(nanoseconds: .max) }

  /// Reads the clock.
  public static func now() -> MonotonicTime {
    MonotonicTime(nanoseconds: flatline_clock_nanoseconds(CLOCK_MONOTONIC))
  }

  @inlinable public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The moment `duration` later. A result beyond the clock's range is `never`.
  @inlinable public static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    let offset = duration.clampedNanoseconds
    let (sum, overflow) =
      offset >= 0
      ? time.nanoseconds.addingReportingOverflow(offset.magnitude)
      : time.nanoseconds.subtractingReportingOverflow(offset.magnitude)
    guard overflow else { return MonotonicTime(nanoseconds: sum) }
    return offset >= 0 ? .never : MonotonicTime(nanoseconds: 0)
  }

  /// The moment `duration` earlier, but not before the clock's start.
  @inlinable public static func - (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    time + .nanoseconds(-duration.clampedNanoseconds)
  }

  /// The time from the second moment to the first; negative if the first is earlier.
  @inlinable public static func - (later: MonotonicTime, earlier: MonotonicTime) -> Duration {
    Duration(
      attoseconds: later >= earlier
        ? Int128(Int64(clamping: later.nanoseconds - earlier.nanoseconds)) * 1_000_000_000
        : Int128(-Int64(clamping: earlier.nanoseconds - later.nanoseconds)) * 1_000_000_000)
  }

  /// Seconds since the clock's start, for estimators.
  public var secondsValue: Double { Double(nanoseconds) / 1e9 }

  /// This moment, rounded up to a multiple of `grid`, so that one wake-up serves many timers.
  @inlinable public func roundedUp(toMultipleOf grid: Duration) -> MonotonicTime {
    let step = UInt64(max(1, grid.clampedNanoseconds))
    let over = nanoseconds % step
    return over == 0 ? self : self + .nanoseconds(Int64(clamping: step - over))
  }
}

extension Duration {
  /// The duration in whole nanoseconds, clamped to ±146 years so that it can be negated and added.
  @inlinable package var clampedNanoseconds: Int64 {
    // Most durations are under 18 s. Their attoseconds fit in 64 bits, and the division compiles to one
    // multiplication.
    let exact = self.attoseconds
    if exact >= 0, exact <= Int128(UInt64.max) {
      return Int64(UInt64(truncatingIfNeeded: exact) / 1_000_000_000)
    }
    let (seconds, attoseconds) = components
    let limit: Int64 = 4_611_686_018
    guard seconds > -limit else { return -limit * 1_000_000_000 }
    guard seconds < limit else { return limit * 1_000_000_000 }
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// The duration in milliseconds, for people and logs.
  package var milliseconds: Double { Double(clampedNanoseconds) / 1e6 }

  /// The duration in seconds.
  package var secondsValue: Double { Double(clampedNanoseconds) / 1e9 }
}
