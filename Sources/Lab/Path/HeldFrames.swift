/// Frames in transit, the earliest first; frames due at the same moment in the order of arrival.
struct HeldFrames {
  struct Entry {
    let due: UInt64
    let number: UInt64
    let frame: Frame
  }

  private var heap: [Entry] = []
  private var next: UInt64 = 0
  /// Bytes of IP packets held.
  private(set) var bytes = 0

  /// The time at which the first is due.
  var due: UInt64? { heap.first?.due }

  mutating func hold(_ frame: Frame, until due: UInt64) {
    heap.append(Entry(due: due, number: next, frame: frame))
    next &+= 1
    bytes += frame.packetLength
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isEarlier(child, parent) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func takeFirst() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    bytes -= first.frame.packetLength
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isEarlier(child, least) {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func isEarlier(_ a: Int, _ b: Int) -> Bool {
    heap[a].due != heap[b].due ? heap[a].due < heap[b].due : heap[a].number < heap[b].number
  }
}
