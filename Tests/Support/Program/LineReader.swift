import Glibc

/// Cuts a non-blocking stream into lines and notes when each came.
struct LineReader {
  let descriptor: Descriptor
  let stream: ChildProcess.Line.Stream
  private(set) var isAtEnd = false
  private var unfinished: [UInt8] = []

  init(descriptor: Descriptor, stream: ChildProcess.Line.Stream) {
    self.descriptor = descriptor
    self.stream = stream
  }

  /// The lines that one read completes.
  mutating func read() -> [ChildProcess.Line] {
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    let count = Glibc.read(descriptor.number, &buffer, buffer.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return [] }
    guard count > 0 else {
      isAtEnd = true
      return []
    }
    let arrival = SuspendingClock.now
    var pieces = (unfinished + buffer[..<count])
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    unfinished = pieces.popLast().map(Array.init) ?? []
    return pieces.map { line($0, arrival) }
  }

  /// All that is there now, a last line without an end included.
  mutating func readRest() -> [ChildProcess.Line] {
    var lines: [ChildProcess.Line] = []
    // Bounded, because a child of the child may go on writing.
    for _ in 0..<1000 where !isAtEnd {
      let more = read()
      if more.isEmpty { break }
      lines += more
    }
    if !unfinished.isEmpty {
      lines.append(line(unfinished[...], SuspendingClock.now))
      unfinished = []
    }
    return lines
  }

  private func line(_ bytes: ArraySlice<UInt8>, _ arrival: SuspendingClock.Instant) -> ChildProcess.Line {
    ChildProcess.Line(text: String(decoding: bytes, as: UTF8.self), stream: stream, arrival: arrival)
  }
}
