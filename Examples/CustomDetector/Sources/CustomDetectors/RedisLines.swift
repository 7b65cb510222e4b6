import Flatline

/// A line to the server of each connection, on which a `PING` is due at each beat.
final class RedisLines: NewsSource {
  private struct Line {
    let line: SideLine
    /// When the first `PING` since the last answer was sent; `nil` if it is answered.
    var asked: MonotonicTime?
    /// In nanoseconds.
    var silence: UInt64 = 0
  }

  private let every: Duration
  private var lines: [ConnectionID: Line] = [:]
  private(set) var deadline = MonotonicTime.never

  init(every: Duration) {
    self.every = every
  }

  deinit {
    for line in lines.values { line.line.close() }
  }

  func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {
    // Without a line there is no news, and so no opinion.
    guard let endpoints, let line = try? SideLine(to: endpoints.remote) else { return }
    lines[connection] = Line(line: line)
    deadline = min(deadline, now + every)
  }

  func detach(_ connection: ConnectionID) {
    lines.removeValue(forKey: connection)?.line.close()
    if lines.isEmpty { deadline = .never }
  }

  /// Reads what has come before it judges: whatever came while the monitor slept counts.
  func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] {
    deadline = lines.isEmpty ? .never : now + every
    // A line that is answered at each beat is no news.
    return Array(lines.keys).filter { ask(&lines[$0], now) }
  }

  func news(of connection: ConnectionID) -> UInt64 {
    lines[connection]?.silence ?? 0
  }

  /// - Returns: whether the silence has changed.
  private func ask(_ line: inout Line?, _ now: MonotonicTime) -> Bool {
    let before = line?.silence
    // An error is an answer too: "-LOADING", "-NOAUTH".
    if let asked = line?.asked, line?.line.received().isEmpty == true {
      line?.silence = max(now, asked).nanoseconds - asked.nanoseconds
    } else {
      line?.asked = now
      line?.silence = 0
    }
    line?.line.send("PING\r\n")
    return line?.silence != before
  }
}
