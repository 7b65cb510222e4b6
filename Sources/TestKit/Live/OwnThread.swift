import Glibc
import Synchronization

/// A call to a detector that may never come back.
final class CallInProgress: Sendable {
  private let state = Mutex<(text: String, count: Int)?>(nil)
  private let seen = Mutex<(count: Int, since: ContinuousClock.Instant)>((0, .now))

  /// A call begins; `nil` if the last is over.
  func begin(_ text: String?) {
    state.withLock { state in
      let count = (state?.count ?? 0) + 1
      state = (text ?? "", count)
    }
  }

  /// The call that has been in progress for longer than this.
  func stuck(for patience: Duration) -> String? {
    guard let current = state.withLock({ $0 }), !current.text.isEmpty else { return nil }
    return seen.withLock { seen in
      if seen.count != current.count { seen = (current.count, .now) }
      return ContinuousClock.now - seen.since > patience ? current.text : nil
    }
  }
}

/// Work on a thread of its own, for code that may never come back: then the thread stays behind.
final class OwnThread<Value> {
  private let body: () -> Value
  private let isDone = Atomic(false)
  private var result: Value?

  private init(_ body: @escaping () -> Value) {
    self.body = body
  }

  /// Runs `body` on a new thread. If no thread can be made, it runs here.
  static func start(_ body: @escaping () -> Value) -> OwnThread {
    let work = OwnThread(body)
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(work as AnyObject)
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        (Unmanaged<AnyObject>.fromOpaque(argument).takeRetainedValue() as? any Runnable)?.run()
        return nil
      }, argument.toOpaque())
    if code == 0 {
      pthread_detach(thread)
    } else {
      argument.release()
      work.run()
    }
    return work
  }

  /// Whether the work is done.
  var isOver: Bool { isDone.load(ordering: .acquiring) }

  /// The result, once the work is done.
  var value: Value? { isOver ? result : nil }

  /// Waits for the end of the work, for at most this long.
  func wait(for patience: Duration) {
    let end = ContinuousClock.now + patience
    while !isOver, ContinuousClock.now < end { usleep(500) }
  }
}

private protocol Runnable: AnyObject {
  func run()
}

extension OwnThread: Runnable {
  /// The one write comes before the flag, and every read after it.
  fileprivate func run() {
    result = body()
    isDone.store(true, ordering: .releasing)
  }
}
