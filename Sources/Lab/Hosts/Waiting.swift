import CFlatlineLab
import FlatlineCore
import Glibc

/// Waiting on one descriptor, and by polling a condition.
enum Waiting {
  static func isReadable(_ descriptor: CInt, within timeout: Duration) -> Bool {
    let deadline = MonotonicTime.now() + timeout
    repeat {
      let rest = max(.zero, deadline - MonotonicTime.now())
      if flatline_lab_wait([descriptor], 1, rest.clampedNanoseconds) > 0 { return true }
    } while MonotonicTime.now() < deadline
    return false
  }

  /// Checks every half millisecond whether a condition holds.
  static func until(
    _ event: String, within timeout: Duration, _ isSo: () throws(LabError) -> Bool
  ) throws(LabError) {
    let deadline = MonotonicTime.now() + timeout
    while try !isSo() {
      guard MonotonicTime.now() < deadline else { throw .timedOut(waitingFor: event) }
      usleep(500)
    }
  }
}
