import Flatline
import Glibc

/// Writes to standard output at once. A reader that stops reading cannot prevent an interruption.
struct StandardOutput {
  /// Readable once the process is asked to end; -1 for none.
  private let interruption: CInt
  /// The number of bytes that a ready pipe takes without blocking (PIPE_BUF, pipe(7)).
  private static let piece = 4096
  /// The time limit for a last line once the process is asked to end.
  private static let lastPatience: CInt = 500

  init(_ interruption: Interruption? = nil) {
    self.interruption = interruption?.descriptor ?? -1
  }

  /// Writes `text` and a line end.
  func write(_ text: String) throws(CommandError) {
    let bytes = Array((text + "\n").utf8)
    var rest = bytes[...]
    while !rest.isEmpty {
      try waitUntilReady()
      let count = rest.prefix(StandardOutput.piece).withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        throw CommandError(status: .brokenPipe, message: "")
      } else if errno != EINTR, errno != EAGAIN {
        throw .system("standard output", .current)
      }
    }
  }

  private func waitUntilReady() throws(CommandError) {
    guard interruption >= 0 else { return }
    var entries = [
      pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: interruption, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&entries, 2, -1)
    if entries[0].revents != 0 || entries[1].revents == 0 { return }
    if poll(&entries, 1, StandardOutput.lastPatience) == 0 {
      throw CommandError(status: .brokenPipe, message: "")
    }
  }
}
