import CFlatline
import Glibc

/// The engine behind its lock, and the thread that runs it.
///
/// `@unchecked Sendable` holds because every use of `engine` and `subscribers` is inside `lock`. The lock is
/// recursive so that a handler, called inside it, may watch and unwatch. It is held while handlers run: that makes
/// `unwatch` wait until a handler of the connection has returned.
final class LockedEngine: @unchecked Sendable {
  private let queue: any EventQueue
  private let lock: RecursiveLock
  private let engine: Engine
  // Unchecked, here and below, as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var isStopped = false
  @exclusivity(unchecked) private var subscribers: [Int: AsyncStream<VerdictChange>.Continuation] = [:]
  private var nextSubscriber = 0

  init(_ engine: Engine, onEvent: (@Sendable (WatchEvent) -> Void)?) {
    self.engine = engine
    lock = engine.lock
    queue = engine.queue
    engine.broadcast = onEvent
  }

  var descriptor: CInt { queue.descriptor }

  /// Runs `body` with the engine, or with `nil` once stopped. Objects that the engine gave up meanwhile are
  /// released after the unlock: their deinit may call the monitor.
  func withEngine<Result, Failure: Error>(
    _ body: (Engine?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { unlock() }
    return try body(isStopped ? nil : engine)
  }

  private func unlock() {
    let released = engine.takeReleased()
    lock.unlock()
    withExtendedLifetime(released) {}
  }

  func subscribe(_ continuation: AsyncStream<VerdictChange>.Continuation) {
    lock.lock()
    defer { lock.unlock() }
    guard !isStopped else { return continuation.finish() }
    let key = nextSubscriber
    nextSubscriber += 1
    subscribers[key] = continuation
    publish()
    continuation.onTermination = { [weak self] _ in self?.unsubscribe(key) }
  }

  private func unsubscribe(_ key: Int) {
    lock.lock()
    defer { lock.unlock() }
    subscribers[key] = nil
    publish()
  }

  /// Makes the engine pass verdicts to the subscribers. Without a subscriber, an event costs nothing more.
  private func publish() {
    let continuations = Array(subscribers.values)
    engine.publish =
      continuations.isEmpty ? nil : { change in for each in continuations { each.yield(change) } }
  }

  /// Ends all watches; the thread, if there is one, ends at its next turn.
  func stop() {
    lock.lock()
    guard !isStopped else { return lock.unlock() }
    isStopped = true
    engine.unwatchAll()
    queue.wakeUp()
    let ended = subscribers.values
    subscribers = [:]
    engine.publish = nil
    unlock()
    for subscriber in ended { subscriber.finish() }
  }

  // MARK: Running

  /// One turn over the ready events, without waiting. Called inside a turn, by a callback, it does nothing. It does
  /// not even call epoll_wait, because an edge-triggered event is reported once.
  func process() {
    if lock.isHeld() { return }
    var ready = ReadyEvents()
    _ = turn(&ready, milliseconds: 0)
  }

  /// One wait, outside the lock, and one turn, inside it. False once stopped.
  func turn(_ ready: inout ReadyEvents, milliseconds: CInt) -> Bool {
    // Waiting fails only for a set that is closed, and the set lives as long as `self`.
    guard (try? queue.wait(&ready, milliseconds: milliseconds)) != nil else { return false }
    return withEngine { engine in
      guard let engine else { return false }
      engine.turn(ready)
      return true
    }
  }

  /// Runs turns on a thread of its own until stopped. The thread holds `self`, and with it the set it waits on.
  func startThread() throws(Errno) {
    let held = Unmanaged.passRetained(self)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    // The app's signals are for the app's threads (pthread_sigmask(3)): the new thread inherits a full mask.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { context in
        guard let context else { return nil }
        let engine = Unmanaged<LockedEngine>.fromOpaque(context).takeRetainedValue()
        // The kernel's name of the thread, for profilers and debuggers.
        flatline_name_thread("flatline")
        var ready = ReadyEvents()
        while engine.turn(&ready, milliseconds: -1) {}
        return nil
      }, held.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else {
      held.release()
      throw Errno(rawValue: code)
    }
  }
}
