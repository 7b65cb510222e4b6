/// One deadline a slot, earliest first: an indexed heap with four children a node (shallower than two, and
/// neighbours share cache lines), so that a deadline can be moved in place.
struct TimerHeap: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var deadline: UInt64
    var slot: UInt32
  }

  private var entries = Column<Entry>()
  private var count = 0
  /// One more than where a slot's entry stands; zero if it has none.
  private var positions = Column<UInt32>()

  /// The earliest deadline, or never.
  var earliest: MonotonicTime {
    count == 0 ? .never : MonotonicTime(nanoseconds: entries[0].deadline)
  }

  /// Sets, moves or (with `never`) removes the deadline of a slot.
  mutating func set(_ slot: UInt32, _ deadline: MonotonicTime) {
    let position = Int(positions[Int(slot)]) - 1
    if deadline == .never {
      if position >= 0 { remove(at: position) }
      return
    }
    guard position >= 0 else {
      count += 1
      place(Entry(deadline: deadline.nanoseconds, slot: slot), at: count - 1)
      rise(count - 1)
      return
    }
    let old = entries[position].deadline
    entries[position].deadline = deadline.nanoseconds
    if deadline.nanoseconds < old { rise(position) } else if deadline.nanoseconds > old { sink(position) }
  }

  /// How many deadlines are not after `horizon`, counted no further than `limit`.
  func count(by horizon: MonotonicTime, upTo limit: Int) -> Int {
    var found = 0
    var open = [0]
    while found < limit, let position = open.popLast() {
      guard position < count, entries[position].deadline <= horizon.nanoseconds else { continue }
      found += 1
      open.append(contentsOf: 4 * position + 1...4 * position + 4)
    }
    return found
  }

  /// Takes the earliest slot out if its deadline is not after `horizon`.
  mutating func popDue(by horizon: MonotonicTime) -> UInt32? {
    guard count > 0, entries[0].deadline <= horizon.nanoseconds else { return nil }
    let slot = entries[0].slot
    remove(at: 0)
    return slot
  }

  private mutating func remove(at position: Int) {
    positions[Int(entries[position].slot)] = 0
    count -= 1
    guard position < count else { return }
    place(entries[count], at: position)
    rise(position)
    sink(position)
  }

  private mutating func place(_ entry: Entry, at position: Int) {
    entries[position] = entry
    positions[Int(entry.slot)] = UInt32(position + 1)
  }

  private mutating func rise(_ start: Int) {
    let entry = entries[start]
    var position = start
    while position > 0 {
      let parent = entries[(position - 1) / 4]
      guard entry.deadline < parent.deadline else { break }
      place(parent, at: position)
      position = (position - 1) / 4
    }
    if position != start { place(entry, at: position) }
  }

  private mutating func sink(_ start: Int) {
    let entry = entries[start]
    var position = start
    while 4 * position + 1 < count {
      var least = 4 * position + 1
      for child in least + 1..<max(least + 1, min(4 * position + 5, count))
      where entries[child].deadline < entries[least].deadline {
        least = child
      }
      guard entries[least].deadline < entry.deadline else { break }
      place(entries[least], at: position)
      position = least
    }
    if position != start { place(entry, at: position) }
  }
}
