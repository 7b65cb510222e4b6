import Flatline
import Synchronization

/// Events of the monitor and the pinger, until the loop that turned the monitor takes them.
final class Inbox: Sendable {
  enum Item: Sendable {
    case event(WatchEvent)
    /// The peer does not speak the heartbeat's protocol, or refuses us.
    case protocolFailure(HeartbeatProtocolError)
  }

  private let items = Mutex<[Item]>([])

  func put(_ item: Item) {
    items.withLock { $0.append(item) }
  }

  func takeAll() -> [Item] {
    items.withLock { items in
      defer { items = [] }
      return items
    }
  }
}
