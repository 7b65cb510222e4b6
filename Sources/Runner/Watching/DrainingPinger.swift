import Flatline

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
      // Errors are the detectors' to tell: they see them in the socket's state.
      guard let count = (try? StreamIO.receive(into: &buffer, from: descriptor)) ?? nil, count > 0 else {
        return StreamReception(bytes: total)
      }
      total += count
    }
    return StreamReception(bytes: total, hasMore: true)
  }
}
