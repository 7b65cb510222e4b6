import Flatline

/// A fault in force, and how much later than promised a report of it may come.
struct Struck {
  /// The time just before the fault.
  let start: MonotonicTime
  private let doubt: Duration
  private let asleep: Duration
  private let monitor: Monitor

  /// - Parameters:
  ///   - monitor: the one that is to find the fault.
  ///   - fault: makes the fault. It is in force at the latest when this returns.
  init(_ monitor: Monitor, by fault: () throws -> Void) rethrows {
    self.monitor = monitor
    asleep = monitor.timeAsleep
    start = .now()
    try fault()
    doubt = .now() - start
  }

  /// The time that the fault took to come into force, and the time that the monitor slept since: no promise counts
  /// either.
  var slack: Duration { doubt + (monitor.timeAsleep - asleep) }
}
