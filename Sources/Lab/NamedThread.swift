import CFlatline
package import FlatlineCore
import Glibc

/// A thread of this process with a name, for the lab's runs and the command.
package final class NamedThread {
  private final class Work {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  private let handle: pthread_t
  private var isJoined = false

  /// Starts at once.
  ///
  /// - Parameters:
  ///   - name: at most 15 bytes, for debuggers and profilers.
  ///   - body: the code that it runs.
  /// - Throws: the errno of pthread_create(3).
  package init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
    let work = Unmanaged.passRetained(Work(name, body))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        flatline_name_thread(work.name)
        work.body()
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw Errno(rawValue: code)
    }
    self.handle = handle
  }

  deinit {
    if !isJoined { pthread_detach(handle) }
  }

  /// Waits until it has ended.
  package func join() {
    guard !isJoined else { return }
    isJoined = true
    pthread_join(handle, nil)
  }

  /// Suspends the calling thread for a while; a signal handler does not end the sleep.
  package static func sleep(_ duration: Duration) {
    guard duration > .zero else { return }
    let (seconds, attoseconds) = duration.components
    var rest = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var left = timespec()
    while nanosleep(&rest, &left) != 0, Errno.last == .interrupted { rest = left }
  }
}
