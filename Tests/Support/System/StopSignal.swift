import Glibc

/// Tells a thread that sits in `poll` to end.
final class StopSignal: Sendable {
  /// Readable from the moment of ``fire()`` on.
  let descriptor: CInt
  private let writing: CInt

  init() throws(TestSupportError) {
    let ends = try SystemCalls.pipe()
    descriptor = ends.reading
    writing = ends.writing
  }

  deinit {
    close(descriptor)
    close(writing)
  }

  func fire() {
    var byte: UInt8 = 1
    write(writing, &byte, 1)
  }
}
