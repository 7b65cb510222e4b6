import Flatline
import Glibc

/// The owner of a stream that the user does not read: it reads and discards all bytes, so that a server's data does not
/// fill the window.
struct DrainingPinger: Pinger {
  let descriptor: CInt

  func sendPing() -> PingOutcome { .never }

  var readsStream: Bool { true }

  func receive() -> StreamReception {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var total = 0
    // Bounded: the monitor must also serve its timers.
    for _ in 0..<16 {
      guard hasBytes, let count = (try? StreamIO.receive(into: &buffer, from: descriptor)) ?? nil else {
        return StreamReception(bytes: total)
      }
      total += count
      // The socket has no more bytes.
      if count < buffer.count { return StreamReception(bytes: total) }
    }
    return StreamReception(bytes: total, hasMore: true)
  }

  /// Leaves a pending error on the socket for the detectors: a receive would take it, and a reset would look like a
  /// close.
  private var hasBytes: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR) == 0
  }
}
