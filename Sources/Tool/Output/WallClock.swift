import CFlatline
import Flatline
import Glibc
import Synchronization

/// Wall clock times for moments of the monotonic clock.
///
/// The difference of the two clocks is kept until it has really changed (the clock was set, the machine slept), so that
/// noise of the readings never changes the order of moments.
final class WallClock: Sendable {
  private let difference = Mutex<Int?>(nil)
  private static let noise = 1_000_000

  /// Nanoseconds since 1970.
  func nanoseconds(at time: MonotonicTime) -> Int {
    let current = WallClock.currentDifference
    let kept = difference.withLock { kept in
      if let old = kept, abs(old - current) < WallClock.noise { return old }
      kept = current
      return current
    }
    return Int(clamping: time.nanoseconds) &+ kept
  }

  private static var currentDifference: Int {
    Int(clamping: flatline_clock_nanoseconds(CLOCK_REALTIME))
      &- Int(clamping: MonotonicTime.now().nanoseconds)
  }
}
