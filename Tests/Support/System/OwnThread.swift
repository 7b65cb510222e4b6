import Glibc

/// A thread of its own. A network namespace belongs to a thread, and work that blocks must not hold one of the
/// few threads that tasks share.
final class OwnThread: Sendable {
  private let ended = Watched(false)

  /// Starts the thread at once. It ends when `body` returns; nobody has to join it.
  init(_ body: @escaping @Sendable () -> Void) throws(TestSupportError) {
    let ended = self.ended
    let work = Unmanaged.passRetained(
      Work {
        body()
        ended.access { $0 = true }
      })
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    if code != 0 {
      work.release()
      throw .systemCall("pthread_create", errno: code)
    }
  }

  /// Waits for the end of the body, however long it takes.
  func join() {
    while !join(timeout: .seconds(3600)) {}
  }

  /// Waits for the end of the body; false when it is not over in time.
  @discardableResult
  func join(timeout: Duration) -> Bool {
    ended.wait(upTo: timeout) { $0 ? true : nil } ?? false
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }
}
