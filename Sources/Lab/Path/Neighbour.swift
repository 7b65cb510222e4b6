/// What the router knows of the host at the end of one of its cables.
struct Neighbour {
  /// How long the search for a hardware address takes before it is given up: three tries, one a second (arp(7):
  /// mcast_solicit, retrans_time), and the kernel's own grain. No multiple of the time between what the lab's traffic sends,
  /// or whose data began the search would always be sending when its end is told, and may take the word from the watcher.
  static let searchTime: UInt64 = 3_050_000_000
  /// Packets that wait for the search to end.
  static let waitingLimit = 100

  enum State: Equatable {
    case present
    /// Its cable is out: it has to be searched for, and is not found.
    case unplugged
    /// It is there and says nothing, but was heard of a moment ago: packets are sent to nobody.
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
