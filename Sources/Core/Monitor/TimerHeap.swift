/// One deadline a slot, earliest first: an indexed heap with four children a node (shallower than two, and
/// neighbours share cache lines), so that a deadline can be moved in place.
///
/// Its entries are one block of memory, because a move down reads many of them. Manual memory is safe because they
/// are `BitwiseCopyable`. The kernel gives memory for the unused rest of a block only at its first use (malloc(3),
/// mmap).
struct TimerHeap: ~Copyable {
  private struct Entry: BitwiseCopyable {
    var deadline: UInt64
    var slot: UInt32
  }

  private var entries = UnsafeMutableBufferPointer<Entry>(start: nil, count: 0)
  private var count = 0
  /// Position of a slot's entry plus one; zero for none.
  private var positions = Column<UInt32>()

  deinit { entries.deallocate() }

  /// The earliest deadline, or never.
  var earliest: MonotonicTime {
    count == 0 ? .never : MonotonicTime(nanoseconds: entries[0].deadline)
  }

  /// The deadline of a slot; `never` if it has none.
  func deadline(_ slot: UInt32) -> MonotonicTime {
    let position = Int(positions[Int(slot)]) - 1
    return position < 0 ? .never : MonotonicTime(nanoseconds: entries[position].deadline)
  }

  /// Sets, moves or (with `never`) removes the deadline of a slot.
  mutating func set(_ slot: UInt32, _ deadline: MonotonicTime) {
    let position = Int(positions[Int(slot)]) - 1
    if deadline == .never {
      if position >= 0 { remove(at: position) }
      return
    }
    guard position >= 0 else {
      if count == entries.count { makeRoom() }
      count += 1
      place(Entry(deadline: deadline.nanoseconds, slot: slot), at: count - 1)
      rise(count - 1)
      return
    }
    let old = entries[position].deadline
    entries[position].deadline = deadline.nanoseconds
    if deadline.nanoseconds < old { rise(position) } else if deadline.nanoseconds > old { sink(position) }
  }

  /// Number of deadlines that are not after `horizon`, at most `limit`.
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

  /// The earliest slot if its deadline is not after `horizon`.
  func due(by horizon: MonotonicTime) -> UInt32? {
    count > 0 && entries[0].deadline <= horizon.nanoseconds ? entries[0].slot : nil
  }

  private mutating func makeRoom() {
    let room = UnsafeMutableBufferPointer<Entry>.allocate(capacity: max(64, 2 * count))
    _ = room.moveInitialize(fromContentsOf: entries[..<count])
    entries.deallocate()
    entries = room
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
      let end = min(4 * position + 5, count)
      for child in least + 1..<end where entries[child].deadline < entries[least].deadline { least = child }
      guard entries[least].deadline < entry.deadline else { break }
      place(entries[least], at: position)
      position = least
    }
    if position != start { place(entry, at: position) }
  }
}
