/// The router's knowledge of the host at the end of one of its cables.
struct Neighbour {
  /// How long the search for a hardware address takes before it fails: three tries, one a second (arp(7):
  /// mcast_solicit, retrans_time), and the kernel's own granularity. Not a multiple of the write interval of the lab's
  /// traffic: otherwise the connection whose data began the search would always be sending when its end is reported,
  /// and could take the pending error from the watcher.
  static let searchTime: UInt64 = 3_050_000_000
  /// The most packets that wait for the search to end.
  static let waitingLimit = 100

  enum State: Equatable {
    case present
    /// Its cable is out: the search for its hardware address fails.
    case unplugged
    /// It is there and silent, but its hardware address is still known: packets are sent and get no answer.
    case dead
  }

  private(set) var state = State.present
  private(set) var searchEnds: UInt64?
  private var waiting: [Frame] = []

  mutating func become(_ state: State) {
    self.state = state
    searchEnds = nil
    waiting = []
  }

  /// Keeps a packet that cannot be delivered until the search ends.
  mutating func search(for frame: Frame, _ now: UInt64) {
    if searchEnds == nil { searchEnds = now + Neighbour.searchTime }
    if waiting.count < Neighbour.waitingLimit { waiting.append(frame) }
  }

  /// The packets whose search has ended without success.
  mutating func takeUnreachable(_ now: UInt64) -> [Frame] {
    guard let end = searchEnds, end <= now else { return [] }
    defer {
      searchEnds = nil
      waiting = []
    }
    return waiting
  }
}
