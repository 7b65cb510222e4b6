import Synchronization

/// One task's wait for the end of one watch, or of the work that runs under it.
///
/// The end that is recorded first counts. Recording and waking are two steps. The consequences of an end, such as
/// shutting the socket down, come between them, when no other end can come first any more.
final class Vigil: Sendable {
  enum End: Sendable {
    case gone(PeerGone)
    /// The watch was ended: nothing looks at the connection any more.
    case watchEnded
    /// The work that runs under the watch returned or threw.
    case workEnded
  }

  private struct State {
    var end: End?
    /// The wait is over, by an end or because the waiting task was cancelled.
    var isOver = false
    var waiter: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  /// The first end; `nil` before it.
  var end: End? { state.withLock { $0.end } }

  /// Records an end. False, and nothing is recorded, if another end came first.
  func record(_ end: End) -> Bool {
    state.withLock { state in
      guard state.end == nil else { return false }
      state.end = end
      return true
    }
  }

  /// Ends the wait.
  func wake() {
    let waiter = state.withLock { state in
      state.isOver = true
      return state.waiter.take()
    }
    waiter?.resume()
  }

  /// Waits until ``wake()``, or until the calling task is cancelled, which records no end. For one task, once.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if !state.isOver { state.waiter = continuation }
          return state.isOver
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
  }
}

/// The handler that a vigil gives to its watch. The monitor releases it when the watch ends, and that ends the wait
/// too: no task waits for a monitor that does not look any more.
final class VigilHandler: Sendable {
  private let vigil: Vigil
  private let atDeath: @Sendable (PeerGone) -> Void

  init(_ vigil: Vigil, atDeath: @escaping @Sendable (PeerGone) -> Void = { _ in }) {
    self.vigil = vigil
    self.atDeath = atDeath
  }

  deinit {
    if vigil.record(.watchEnded) { vigil.wake() }
  }

  @Sendable func take(_ event: WatchEvent) {
    guard case .verdict(let change) = event, let gone = PeerGone(change), vigil.record(.gone(gone)) else {
      return
    }
    atDeath(gone)
    vigil.wake()
  }
}
