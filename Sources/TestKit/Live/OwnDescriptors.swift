import CFlatline
import Glibc

/// A thread with its own descriptor table (close_range(2), Linux 5.9): every open descriptor in it was opened by the
/// code that ran there.
enum OwnDescriptors {
  private static let first: CInt = 3
  /// More descriptors than any test opens.
  private static let end: CInt = 1024

  /// Runs `body` on such a thread, to its end.
  static func run<Value>(_ body: () throws -> Value) throws -> Value {
    var result = Result<Value, any Error>.failure(LoopbackError(call: "close_range", code: 0))
    let code = withoutActuallyEscaping(body) { body in
      onThread {
        // Unshared first: other threads' descriptors are neither closed nor held open here while their owners close
        // them.
        let code = flatline_unshare_descriptors(CUnsignedInt(first))
        result =
          code == 0
          ? Result { try body() } : .failure(LoopbackError(call: "close_range", code: code))
      }
    }
    guard code == 0 else { throw LoopbackError(call: "pthread_create", code: code) }
    return try result.get()
  }

  /// The number of open descriptors of this thread, without the standard ones.
  static var count: Int { (first..<end).count { fcntl($0, F_GETFD) >= 0 } }

  /// Runs `body` on a new thread and waits for its end.
  ///
  /// - Returns: the errno if the thread could not be made; 0 otherwise.
  private static func onThread(_ body: @escaping () -> Void) -> CInt {
    let work = Unmanaged.passRetained(Work(body))
    defer { work.release() }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeUnretainedValue().body() }
        return nil
      }, work.toOpaque())
    if code == 0 { pthread_join(thread, nil) }
    return code
  }

  private final class Work {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
      self.body = body
    }
  }
}
