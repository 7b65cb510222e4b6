/// One deadline a slot, earliest first: an indexed binary heap, so that a deadline can be moved in place.
struct TimerHeap {
  private struct Entry {
    var deadline: UInt64
    var slot: UInt32
  }

  private var entries: [Entry] = []
  /// Where a slot's entry stands; `absent` if it has none.
  private var positions: [UInt32] = []
  private static let absent = UInt32.max

  /// The earliest deadline, or never.
  var earliest: MonotonicTime {
    entries.first.map { MonotonicTime(nanoseconds: $0.deadline) } ?? .never
  }

  /// Sets, moves or (with `never`) removes the deadline of a slot.
  mutating func set(_ slot: UInt32, _ deadline: MonotonicTime) {
    while positions.count <= Int(slot) { positions.append(TimerHeap.absent) }
    let position = positions[Int(slot)]
    if deadline == .never {
      if position != TimerHeap.absent { remove(at: Int(position)) }
      return
    }
    guard position != TimerHeap.absent else {
      entries.append(Entry(deadline: deadline.nanoseconds, slot: slot))
      positions[Int(slot)] = UInt32(entries.count - 1)
      rise(entries.count - 1)
      return
    }
    let old = entries[Int(position)].deadline
    guard old != deadline.nanoseconds else { return }
    entries[Int(position)].deadline = deadline.nanoseconds
    if deadline.nanoseconds < old { rise(Int(position)) } else { sink(Int(position)) }
  }

  /// Takes the earliest slot out if its deadline is not after `horizon`.
  mutating func popDue(by horizon: MonotonicTime) -> UInt32? {
    guard let first = entries.first, first.deadline <= horizon.nanoseconds else { return nil }
    remove(at: 0)
    return first.slot
  }

  private mutating func remove(at position: Int) {
    positions[Int(entries[position].slot)] = TimerHeap.absent
    let last = entries.removeLast()
    guard position < entries.count else { return }
    entries[position] = last
    positions[Int(last.slot)] = UInt32(position)
    rise(position)
    sink(position)
  }

  private mutating func rise(_ start: Int) {
    var position = start
    while position > 0 {
      let parent = (position - 1) / 2
      guard entries[position].deadline < entries[parent].deadline else { return }
      exchange(position, parent)
      position = parent
    }
  }

  private mutating func sink(_ start: Int) {
    var position = start
    while true {
      var least = position
      for child in [2 * position + 1, 2 * position + 2]
      where child < entries.count && entries[child].deadline < entries[least].deadline {
        least = child
      }
      guard least != position else { return }
      exchange(position, least)
      position = least
    }
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    entries.swapAt(a, b)
    positions[Int(entries[a].slot)] = UInt32(a)
    positions[Int(entries[b].slot)] = UInt32(b)
  }
}
