/// A monitor's source of time.
package protocol MonotonicClock: Sendable {
  func now() -> MonotonicTime
}

/// `CLOCK_MONOTONIC` (clock_gettime(2)).
struct SystemClock: MonotonicClock {
  func now() -> MonotonicTime { .now() }
}
