import Flatline
import Synchronization

/// A monitor's events about one connection.
final class WatchLog: Sendable {
  private struct State {
    var events: [(event: WatchEvent, asleep: Duration)] = []
    var isOver = false
  }
  private let state = Mutex(State())
  /// More than a minute of the fastest flapping; later events are dropped.
  private static let most = 20_000

  /// - Parameters:
  ///   - event: the monitor's event.
  ///   - asleep: the monitor's total time asleep by then.
  func take(_ event: WatchEvent, asleep: Duration) {
    state.withLock { state in
      if state.events.count < WatchLog.most { state.events.append((event, asleep)) }
      if case .verdict(let change) = event, change.verdict.isDead { state.isOver = true }
    }
  }

  /// Whether there was a dead verdict.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// The events, relative to the fault. The monitor reads its clock once a turn: a turn that began just before the
  /// fault may report it with an earlier time. On a busy machine this is up to 100 ms, before the monitor counts as
  /// late.
  ///
  /// - Parameters:
  ///   - fault: its time.
  ///   - asleep: the monitor's total time asleep by then.
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
