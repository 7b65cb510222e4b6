import Glibc

/// Waits, at most `limit`, until `condition` holds. Never longer, so that a test fails rather than hangs.
func eventually(within limit: Duration = .seconds(5), _ condition: () throws -> Bool) rethrows -> Bool {
  let end = SuspendingClock.now + limit
  while true {
    if try condition() { return true }
    if SuspendingClock.now >= end { return false }
    usleep(2000)
  }
}
