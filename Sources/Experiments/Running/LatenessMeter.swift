import Flatline
import FlatlineLab
import Synchronization

/// How late this machine wakes a thread during a run: a lower bound of the error of every measured time.
final class LatenessMeter: Sendable {
  private struct State {
    var samples: [Duration] = []
    var isOver = false
  }
  private let state: SharedState<State>
  private static let period = Duration.milliseconds(10)

  init() {
    let state = SharedState(State())
    self.state = state
    // Without a thread there is no wake-up to measure.
    _ = try? NamedThread("lateness") {
      var due = MonotonicTime.now() + LatenessMeter.period
      while !state.value.withLock({ $0.isOver }) {
        let pause = due - .now()
        if pause > .zero { NamedThread.sleep(pause) }
        let now = MonotonicTime.now()
        state.value.withLock { $0.samples.append(now - due) }
        due = max(due, now) + LatenessMeter.period
      }
    }
  }

  /// Ends the measurement. The lateness that only one wake-up in a hundred exceeded; `nil` without wake-ups.
  func end() -> Duration? {
    let samples = state.value.withLock { state in
      state.isOver = true
      return state.samples.sorted()
    }
    return samples.isEmpty ? nil : samples[samples.count * 99 / 100]
  }
}
