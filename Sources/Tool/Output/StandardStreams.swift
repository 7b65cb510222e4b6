import Flatline
import Glibc

/// The three standard streams of a process, and single lines on standard error.
enum StandardStreams {
  /// Makes the start safe: no socket may get the number of a stream that our caller closed, and a reader that goes away
  /// makes a write fail instead of ending the process.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      // The lowest free number is this one. It is opened read-only, so that writes to it still fail.
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes one line to standard error. An error of this write has no reader and is ignored.
  static func complain(_ text: String) {
    let line = Array((text.inOneLine + "\n").utf8)
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
