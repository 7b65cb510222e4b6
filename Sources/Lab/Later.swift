import FlatlineCore
import Synchronization

/// A delayed action of a lab; it does not run if it is cancelled or the lab is closed before.
final class Later: Sendable {
  private let worker: Worker
  private let done: Done

  private final class Done: Sendable {
    let value = Atomic(false)
  }

  /// Whether the action has run or was cancelled.
  var isDone: Bool { done.value.load(ordering: .acquiring) }

  /// An error of `body` is dropped: its missing effect shows it.
  init(_ delay: Duration, _ body: @escaping @Sendable () throws(LabError) -> Void) throws(LabError) {
    let due = MonotonicTime.now() + delay
    let done = Done()
    self.done = done
    worker = try Worker("lab-later") { pauses in
      while !pauses.isOver, MonotonicTime.now() < due { _ = pauses.wait(until: due) }
      if !pauses.isOver { try? body() }
      done.value.store(true, ordering: .releasing)
    }
  }

  /// After this call it neither runs nor is running.
  func cancel() { worker.end() }
}
