import Flatline
import Synchronization

/// The deaths that the monitor has told and nobody has seen to yet.
final class Deaths: Sendable {
  private let waiting = Mutex<[PeerGone]>([])

  func take(_ event: WatchEvent) {
    guard case .verdict(let change) = event, let gone = PeerGone(change) else { return }
    waiting.withLock { $0.append(gone) }
  }

  func takeAll() -> [PeerGone] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
