import CTestSupport
import Glibc

/// Calls of the C library with the error handling that all of this library wants.
enum SystemCalls {
  /// The result of `call`, or its errno as an error; interrupted calls are repeated.
  static func check(_ name: String, _ call: () -> CInt) throws(TestSupportError) -> CInt {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { throw .systemCall(name, errno: errno) }
    }
  }

  /// For functions that return the errno.
  static func checkCode(_ name: String, _ code: CInt) throws(TestSupportError) {
    if code != 0 { throw .systemCall(name, errno: code) }
  }

  static func pipe() throws(TestSupportError) -> (reading: CInt, writing: CInt) {
    var ends: [CInt] = [-1, -1]
    try checkCode("pipe2", test_support_pipe(&ends))
    return (ends[0], ends[1])
  }

  static func open(_ path: String, _ flags: CInt) throws(TestSupportError) -> CInt {
    try check("open \(path)") { Glibc.open(path, flags | O_CLOEXEC) }
  }

  static func setNonBlocking(_ descriptor: CInt) throws(TestSupportError) {
    let flags = try check("fcntl(F_GETFL)") { fcntl(descriptor, F_GETFL) }
    _ = try check("fcntl(F_SETFL)") { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
  }

  /// Waits for any of `descriptors` to be ready, in their order; all false when the time is over.
  static func poll(
    _ descriptors: [CInt], for events: Int32 = POLLIN, timeout: Duration?
  ) throws(TestSupportError) -> [Bool] {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(events), revents: 0) }
    let milliseconds = timeout.map { CInt(clamping: $0.wholeMilliseconds) } ?? -1
    let ready = Glibc.poll(&entries, nfds_t(entries.count), milliseconds)
    // An interruption reads as nothing ready: every caller looks again.
    if ready < 0, errno != EINTR { throw .systemCall("poll", errno: errno) }
    return entries.map { ready > 0 && $0.revents != 0 }
  }
}

extension Duration {
  /// Rounded up, so that a wait of it is never too short.
  var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
  }
}
