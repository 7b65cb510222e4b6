import Flatline
import Synchronization

/// What a monitor told of one connection.
final class WatchLog: Sendable {
  private struct State {
    var events: [(event: WatchEvent, asleep: Duration)] = []
    var isOver = false
  }
  private let state = Mutex(State())
  /// More than a minute of the wildest flapping; what comes after is not kept.
  private static let most = 20_000

  /// - Parameters:
  ///   - event: what was told.
  ///   - asleep: how long in all its monitor was asleep by then.
  func take(_ event: WatchEvent, asleep: Duration) {
    state.withLock { state in
      if state.events.count < WatchLog.most { state.events.append((event, asleep)) }
      if case .verdict(let change) = event, change.verdict.isDead { state.isOver = true }
    }
  }

  /// Whether the connection was ever called dead.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// What came, from the fault on. The monitor reads its clock once a turn, so that a turn that began just before the
  /// fault may tell of it; on a busy machine a turn is held up, by up to 100 ms before the monitor calls itself late.
  ///
  /// - Parameters:
  ///   - fault: its time.
  ///   - asleep: how long in all the monitor had been asleep by then.
  func events(from fault: MonotonicTime, asleep: Duration) -> [TrialEvent] {
    let batch = Duration.milliseconds(-100)
    return state.withLock { state in
      state.events.map { told in
        var event = TrialEvent(told.event, fault: fault)
        if event.offset < .zero, event.offset > batch { event.offset = .zero }
        event.asleep = max(.zero, told.asleep - asleep)
        return event
      }
    }
  }
}
