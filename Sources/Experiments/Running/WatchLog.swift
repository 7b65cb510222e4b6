import Flatline
import Synchronization

/// What a monitor told of one connection.
final class WatchLog: Sendable {
  private struct State {
    var events: [WatchEvent] = []
    var isOver = false
  }
  private let state = Mutex(State())
  /// More than a minute of the wildest flapping; what comes after is not kept.
  private static let most = 20_000

  func take(_ event: WatchEvent) {
    state.withLock { state in
      if state.events.count < WatchLog.most { state.events.append(event) }
      if case .verdict(let change) = event, change.verdict.isDead { state.isOver = true }
    }
  }

  /// Whether the connection was ever called dead.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// What came, from the fault on; what a batch of the monitor that began just before the fault told of it is at
  /// its time.
  func events(from fault: MonotonicTime) -> [TrialEvent] {
    let batch = Duration.milliseconds(-20)
    return state.withLock { state in
      state.events.map { event in
        let event = TrialEvent(event, fault: fault)
        return event.offset < .zero && event.offset > batch ? TrialEvent(event.what, at: .zero) : event
      }
    }
  }
}
