import Synchronization

/// One task's wait for the end of one watch. The first thing that ends the wait counts.
final class Vigil: Sendable {
  enum Outcome: Sendable {
    case gone(PeerGone)
    /// The watch was ended: nobody looks any more.
    case ended
    /// The waiting task was cancelled.
    case cancelled
  }

  private struct State {
    var outcome: Outcome?
    var waiter: CheckedContinuation<Outcome, Never>?
  }
  private let state = Mutex(State())

  /// The death, if that is what ended the wait.
  var gone: PeerGone? {
    state.withLock { if case .gone(let gone)? = $0.outcome { gone } else { nil } }
  }

  func settle(_ outcome: Outcome) {
    let waiter: CheckedContinuation<Outcome, Never>? = state.withLock { state in
      guard state.outcome == nil else { return nil }
      state.outcome = outcome
      return state.waiter.take()
    }
    waiter?.resume(returning: outcome)
  }

  /// Waits. For one task, once.
  func outcome() async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLock { state in
          if state.outcome == nil { state.waiter = continuation }
          return state.outcome
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      settle(.cancelled)
    }
  }
}

/// The handler that a vigil gives to its watch. The monitor lets go of it when the watch ends, whoever ends it,
/// and that ends the wait too: nobody waits for a monitor that looks no more.
final class VigilHandler: Sendable {
  private let vigil: Vigil
  private let atDeath: @Sendable (PeerGone) -> Void

  init(_ vigil: Vigil, atDeath: @escaping @Sendable (PeerGone) -> Void = { _ in }) {
    self.vigil = vigil
    self.atDeath = atDeath
  }

  deinit {
    vigil.settle(.ended)
  }

  @Sendable func take(_ event: WatchEvent) {
    guard case .verdict(let change) = event, let gone = PeerGone(change) else { return }
    atDeath(gone)
    vigil.settle(.gone(gone))
  }
}
