import CFlatline
import Foundation
import Glibc

/// A thread with a table of descriptors of its own (close_range(2), Linux 5.9), in which whatever is open was opened
/// by what ran there.
enum OwnDescriptors {
  private static let first: CInt = 3
  /// No test opens as many.
  private static let end: CInt = 1024

  /// Runs `body` on such a thread, to its end.
  static func run<Value>(_ body: @escaping () throws -> Value) throws -> Value {
    let work = Work(body)
    Thread { work.run() }.start()
    work.done.wait()
    return try work.result.get()
  }

  /// How many are open on this thread, beside the standard ones.
  static var count: Int { (first..<end).count { fcntl($0, F_GETFD) >= 0 } }

  /// `@unchecked Sendable` holds because the thread that made it waits until the other is done with it.
  private final class Work<Value>: @unchecked Sendable {
    let done = DispatchSemaphore(value: 0)
    private let body: () throws -> Value
    private(set) var result: Result<Value, any Error> = .failure(LoopbackError(call: "close_range", code: 0))

    init(_ body: @escaping () throws -> Value) {
      self.body = body
    }

    func run() {
      defer { done.signal() }
      // Unshared first, so that nobody else's are closed, nor held open here while their owners close them.
      let code = flatline_unshare_descriptors(CUnsignedInt(first))
      guard code == 0 else {
        result = .failure(LoopbackError(call: "close_range", code: code))
        return
      }
      result = Result { try body() }
    }
  }
}
