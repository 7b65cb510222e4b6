import FlatlineCore
import Synchronization

/// Counts the pings, and answers as the test says.
final class ScriptedPinger: Pinger {
  private let sent = Mutex(0)
  private let outcome: Mutex<PingOutcome>

  init(_ outcome: PingOutcome = .sent) {
    self.outcome = Mutex(outcome)
  }

  /// How many pings were asked for.
  var count: Int { sent.withLock { $0 } }

  func answer(_ outcome: PingOutcome) { self.outcome.withLock { $0 = outcome } }

  func sendPing() -> PingOutcome {
    sent.withLock { $0 += 1 }
    return outcome.withLock { $0 }
  }
}
