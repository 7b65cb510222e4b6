import Flatline
import Glibc

/// The owner of a stream that nobody talks on: it reads what comes and throws it away, so that a chatty server
/// does not run into a full window.
struct DrainingPinger: Pinger {
  let descriptor: CInt

  func sendPing() -> PingOutcome { .never }

  var readsStream: Bool { true }

  func receive() -> StreamReception {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var total = 0
    // The monitor has timers to look at as well.
    for _ in 0..<16 {
      guard hasBytes, let count = (try? StreamIO.receive(into: &buffer, from: descriptor)) ?? nil else {
        return StreamReception(bytes: total)
      }
      total += count
      // That was all.
      if count < buffer.count { return StreamReception(bytes: total) }
    }
    return StreamReception(bytes: total, hasMore: true)
  }

  /// An error that waits on the socket is left there, for the detectors to see: a receive would take it, and a
  /// reset would look like a close.
  private var hasBytes: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR) == 0
  }
}
