/// One watched socket.
struct Slot: BitwiseCopyable {
  /// The kernel's name for the socket, to tell a recycled descriptor.
  var cookie: UInt64 = 0
  var descriptor: CInt = -1
  /// Counts the uses of the slot; an id with another generation names a connection that is gone.
  var generation: UInt32 = 0
  var row: UInt32 = 0
  var panel: UInt16 = 0
  var isUsed = false
  /// The descriptor is no longer the socket's: there is nothing left to look at.
  var isEnded = false
  var kind: Decision.Kind = .alive
}

/// The watched sockets of a monitor, by the slot of their id.
struct SlotTable: ~Copyable {
  private var slots = Column<Slot>()
  /// Slots that were ever taken; those in use are among them.
  private(set) var count: UInt32 = 0
  private var free: [UInt32] = []

  subscript(slot: UInt32) -> Slot {
    get { slots[Int(slot)] }
    _modify { yield &slots[Int(slot)] }
  }

  /// The id that a slot has now.
  func id(_ slot: UInt32) -> ConnectionID {
    ConnectionID(slot: slot, generation: slots[Int(slot)].generation)
  }

  /// Whether an id names a connection that is watched.
  func contains(_ id: ConnectionID) -> Bool {
    let slot = self[id.slot]
    return slot.isUsed && slot.generation == id.generation
  }

  /// A slot with a generation it never had. It is not in use before ``fill(_:with:)``.
  mutating func take() -> ConnectionID {
    let slot = free.popLast() ?? count
    if slot == count {
      slots[Int(slot)] = Slot()
      count += 1
    }
    slots[Int(slot)].generation &+= 1
    return id(slot)
  }

  mutating func fill(_ id: ConnectionID, descriptor: CInt, cookie: UInt64, panel: UInt16, row: Int) {
    slots[Int(id.slot)] = Slot(
      cookie: cookie, descriptor: descriptor, generation: id.generation, row: UInt32(row), panel: panel,
      isUsed: true)
  }

  mutating func release(_ id: ConnectionID) {
    slots[Int(id.slot)] = Slot(generation: id.generation)
    free.append(id.slot)
  }
}
