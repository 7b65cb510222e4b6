import Glibc

/// Waits, at most `limit`, until `condition` holds. Never longer, so that a test fails rather than hangs.
public func eventually(
  within limit: Duration = .seconds(5), _ condition: () throws -> Bool
) rethrows -> Bool {
  let end = SuspendingClock.now + limit
  while true {
    if try condition() { return true }
    if SuspendingClock.now >= end { return false }
    usleep(1000)
  }
}

/// Waits, at most `limit`, until `condition` holds, and lets other tasks run meanwhile.
public func eventually(within limit: Duration = .seconds(30), _ condition: () -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while !condition() {
    if ContinuousClock.now >= end { return false }
    try? await Task.sleep(for: .milliseconds(1))
  }
  return true
}
