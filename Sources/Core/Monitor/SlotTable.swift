/// One watched socket, in 24 bytes.
struct Slot: BitwiseCopyable {
  /// SO_COOKIE of the socket, to detect a reused descriptor.
  var cookie: UInt64 = 0
  var descriptor: CInt = -1
  /// Counts the uses of the slot; an id with another generation names a connection that is gone.
  var generation: UInt32 = 0
  var row: UInt32 = 0
  var group: UInt16 = 0
  /// Counts looks in a circle, for the regular checks of the descriptor and of the held options.
  var looks: UInt8 = 0
  // Bit 0: used; bit 1: ended; bit 2: at rest; from bit 3 on: the verdict.
  private var bits: UInt8 = 0

  var isUsed: Bool {
    get { bits & 1 != 0 }
    set { bits = newValue ? bits | 1 : bits & ~1 }
  }

  /// No more looks: the descriptor names another socket, or the dead verdict is beyond doubt, or it was a mistake.
  var isEnded: Bool {
    get { bits & 2 != 0 }
    set { bits = newValue ? bits | 2 : bits & ~2 }
  }

  /// The last vote was for alive, and only a new ballot can change it.
  var isAtRest: Bool {
    get { bits & 4 != 0 }
    set { bits = newValue ? bits | 4 : bits & ~4 }
  }

  var kind: Decision.Kind {
    get { Decision.Kind(rawValue: bits >> 3) ?? .alive }
    set { bits = bits & 7 | newValue.rawValue << 3 }
  }
}

/// The watched sockets of a monitor, by the slot of their id.
struct SlotTable: ~Copyable {
  private var slots = Column<Slot>()
  /// Number of slots ever taken, in use or free.
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

  /// A slot with a generation it never had. It is not in use before ``fill(_:descriptor:cookie:group:row:)``.
  mutating func take() -> ConnectionID {
    let slot = free.popLast() ?? count
    if slot == count {
      slots[Int(slot)] = Slot()
      count += 1
    }
    slots[Int(slot)].generation &+= 1
    return id(slot)
  }

  mutating func fill(_ id: ConnectionID, descriptor: CInt, cookie: UInt64, group: UInt16, row: Int) {
    var slot = Slot()
    slot.cookie = cookie
    slot.descriptor = descriptor
    slot.generation = id.generation
    slot.row = UInt32(row)
    slot.group = group
    slot.isUsed = true
    slots[Int(id.slot)] = slot
  }

  mutating func release(_ id: ConnectionID) {
    var slot = Slot()
    slot.generation = id.generation
    slots[Int(id.slot)] = slot
    free.append(id.slot)
  }
}
