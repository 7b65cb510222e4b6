/// Values that few rows have. A row costs four bytes for the index of its value, and only near rows that have had
/// one. A lookup takes no hashing.
struct SideTable<Value>: ~Copyable {
  /// Index in `values` plus one; zero for none.
  private var places = Column<UInt32>()
  private var values: ContiguousArray<Value?> = []
  private var free: [UInt32] = []

  /// No row has a value. This is the usual state, and the check reads no row.
  var isEmpty: Bool { values.count == free.count }

  subscript(row: Int) -> Value? {
    get {
      guard !isEmpty else { return nil }
      let place = Int(places[row])
      return place == 0 ? nil : values[place - 1]
    }
    set {
      if newValue == nil, isEmpty { return }
      let place = places[row]
      if let newValue {
        if place > 0 { values[Int(place) - 1] = newValue } else { add(newValue, row) }
      } else if place > 0 {
        values[Int(place) - 1] = nil
        places[row] = 0
        free.append(place - 1)
      }
    }
  }

  private mutating func add(_ value: Value, _ row: Int) {
    if let place = free.popLast() {
      values[Int(place)] = value
      places[row] = place + 1
    } else {
      values.append(value)
      places[row] = UInt32(values.count)
    }
  }
}
