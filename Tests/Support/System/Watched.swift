import Glibc

/// A value behind a lock, with waiting for it to become something.
final class Watched<Value: Sendable>: @unchecked Sendable {
  // Sendable although unchecked: `value` is touched only while `mutex` is held.
  private var value: Value
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // A wait must not stretch or shrink when the wall clock is set.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Reads or changes the value, and wakes whoever waits for it.
  func access<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return try body(&value)
  }

  /// Waits until `body` finds what it looks for; `nil` when the time is over.
  func wait<Result>(upTo timeout: Duration, for body: (Value) -> Result?) -> Result? {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    let milliseconds = Int(timeout.wholeMilliseconds) + deadline.tv_nsec / 1_000_000
    deadline.tv_sec += milliseconds / 1000
    deadline.tv_nsec = milliseconds % 1000 * 1_000_000 + deadline.tv_nsec % 1_000_000

    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let found = body(value) { return found }
      if pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT { return body(value) }
    }
  }
}
