/// What the rules that look at time remember of one connection: since when each has been dead. Empty while
/// nothing is wrong.
package struct VoteMemory: Sendable, Hashable {
  package init() {}

  private var since: [MonotonicTime] = []

  package var isEmpty: Bool { since.allSatisfy { $0 == .never } }

  /// What has lasted since then has lasted for less: the monitor slept, and that time does not count.
  package mutating func moveOn(by stall: Duration) {
    for place in since.indices where since[place] != .never { since[place] = since[place] + stall }
  }

  package subscript(place: Int) -> MonotonicTime {
    get { place < since.count ? since[place] : .never }
    set {
      if place >= since.count {
        guard newValue != .never else { return }
        since += Array(repeating: .never, count: place + 1 - since.count)
      }
      since[place] = newValue
    }
  }
}
