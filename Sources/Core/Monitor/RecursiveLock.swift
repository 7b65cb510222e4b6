import Glibc

/// A lock that its holder may take again.
///
/// `@unchecked Sendable` holds because the pointer never changes and what it points to is made for many threads; `depth` is
/// used by the holder alone.
final class RecursiveLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  /// How many times the holder has taken it.
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) private var depth = 0

  init() {
    // None of these can fail: nothing is allocated, and the kind exists.
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_RECURSIVE))
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() {
    pthread_mutex_lock(mutex)
    depth += 1
  }

  func unlock() {
    depth -= 1
    pthread_mutex_unlock(mutex)
  }

  /// In a debug build, stops a program in which the caller does not hold the lock.
  func preconditionHeld() {
    assert(isHeld(), "the monitor's lock is not held")
  }

  /// Whether the caller holds the lock. `depth` shows it, and only a caller that can take the lock may read it.
  func isHeld() -> Bool {
    guard pthread_mutex_trylock(mutex) == 0 else { return false }
    defer { pthread_mutex_unlock(mutex) }
    return depth > 0
  }
}
