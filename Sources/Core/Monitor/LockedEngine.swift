import CFlatline
import Foundation

/// The engine behind its lock, and the thread that runs it.
///
/// `@unchecked Sendable` holds because every use of `engine` and `subscribers` is inside `lock`. The lock is
/// recursive so that a handler, called inside it, may watch and unwatch; that it is held while handlers run is
/// what makes `unwatch` wait for a handler of the connection to return.
final class Shared: @unchecked Sendable {
  let descriptor: CInt
  private let lock = RecursiveLock()
  private let engine: Engine
  private var isStopped = false
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var subscribers: [Int: AsyncStream<VerdictChange>.Continuation] = [:]
  private var nextSubscriber = 0

  init(_ engine: Engine, onEvent: (@Sendable (WatchEvent) -> Void)?) {
    self.engine = engine
    descriptor = engine.descriptor
    engine.broadcast = { [unowned self] event in
      onEvent?(event)
      guard !subscribers.isEmpty, case .verdict(let change) = event else { return }
      for subscriber in subscribers.values { subscriber.yield(change) }
    }
  }

  /// Runs `body` with the engine, or with `nil` once stopped.
  func withEngine<Result, Failure: Error>(
    _ body: (Engine?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(isStopped ? nil : engine)
  }

  func subscribe(_ continuation: AsyncStream<VerdictChange>.Continuation) {
    lock.lock()
    defer { lock.unlock() }
    guard !isStopped else { return continuation.finish() }
    let key = nextSubscriber
    nextSubscriber += 1
    subscribers[key] = continuation
    continuation.onTermination = { [weak self] _ in self?.unsubscribe(key) }
  }

  private func unsubscribe(_ key: Int) {
    lock.lock()
    defer { lock.unlock() }
    subscribers[key] = nil
  }

  /// Ends all watches; the thread, if there is one, ends at its next turn.
  func stop() {
    lock.lock()
    defer { lock.unlock() }
    guard !isStopped else { return }
    isStopped = true
    engine.unwatchAll()
    engine.wakeUp()
    let ended = subscribers.values
    subscribers = [:]
    for subscriber in ended { subscriber.finish() }
  }

  // MARK: Running

  /// One wait, outside the lock, and one turn, inside it. False once stopped.
  func turn(_ ready: inout ReadyEvents, milliseconds: CInt) -> Bool {
    // Waiting fails only for a set that is closed, and the set lives as long as `self`.
    guard (try? ready.wait(on: descriptor, milliseconds: milliseconds)) != nil else { return false }
    return withEngine { engine in
      guard let engine else { return false }
      engine.turn(ready.events)
      return true
    }
  }

  /// Runs turns on a thread of its own until stopped. The thread holds `self`, and with it the set it waits on.
  func startThread() {
    Thread.detachNewThread { [self] in
      // For the kernel, so that a profiler or a debugger shows whose thread it is.
      flatline_name_thread("flatline")
      var ready = ReadyEvents()
      while turn(&ready, milliseconds: -1) {}
    }
  }
}
