import CFlatline
import Glibc

/// A monitor's source of time.
package protocol MonotonicClock: Sendable {
  func now() -> MonotonicTime
  /// The time of a clock that also advances while the machine is suspended.
  func bootTime() -> MonotonicTime
}

extension MonotonicClock {
  /// For a machine that is never suspended.
  package func bootTime() -> MonotonicTime { now() }
}

/// `CLOCK_MONOTONIC` (clock_gettime(2)).
struct SystemClock: MonotonicClock {
  func now() -> MonotonicTime { .now() }

  /// `CLOCK_BOOTTIME`.
  func bootTime() -> MonotonicTime {
    MonotonicTime(nanoseconds: flatline_clock_nanoseconds(CLOCK_BOOTTIME))
  }
}
