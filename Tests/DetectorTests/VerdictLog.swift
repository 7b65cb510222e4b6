import Flatline
import Glibc
import Synchronization

/// The events of one connection, as its handler hears them.
final class VerdictLog: Sendable {
  private let list = Mutex<[WatchEvent]>([])

  var events: [WatchEvent] { list.withLock { $0 } }

  var changes: [VerdictChange] {
    events.compactMap { if case .verdict(let change) = $0 { change } else { nil } }
  }

  var ballots: [Ballot] {
    events.compactMap { if case .evidence(_, let ballot) = $0 { ballot } else { nil } }
  }

  @Sendable func take(_ event: WatchEvent) { list.withLock { $0.append(event) } }

  /// Waits, at most `limit`, until the connection is dead.
  func waitForDeath(within limit: Duration = .seconds(5)) -> Bool {
    wait(within: limit) { changes.last?.verdict.isDead == true }
  }

  func wait(within limit: Duration = .seconds(5), until condition: () -> Bool) -> Bool {
    let end = SuspendingClock.now + limit
    while !condition() {
      if SuspendingClock.now >= end { return false }
      usleep(2000)
    }
    return true
  }
}
