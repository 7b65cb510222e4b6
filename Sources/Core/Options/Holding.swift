/// The options that one watch holds on its socket, and the values that it has set.
package struct Holding: Hashable, Sendable {
  package struct Value: Hashable, Sendable {
    package let option: SocketOption
    package var value: CInt
  }

  /// Distinguishes the watches of one socket.
  let holder: UInt32
  /// In the order in which they were set.
  package var values: [Value]

  /// Notes an option's value. Each option is noted once, even if several detectors hold it.
  mutating func note(_ option: SocketOption, _ value: CInt) {
    if let place = values.firstIndex(where: { $0.option == option }) {
      values[place].value = value
    } else {
      values.append(Value(option: option, value: value))
    }
  }
}

/// Holdings by a small number. Most connections of a policy hold the same.
struct HoldingTable {
  private var holdings: [Holding] = []
  private var places: [Holding: UInt32] = [:]

  /// The number of a holding; zero for one without options.
  mutating func place(_ holding: Holding) -> UInt32 {
    if holding.values.isEmpty { return 0 }
    if let place = places[holding] { return place }
    holdings.append(holding)
    let place = UInt32(clamping: holdings.count)
    places[holding] = place
    return place
  }

  /// The holding of a number; `nil` for zero.
  subscript(place: UInt32) -> Holding? { place == 0 ? nil : holdings[Int(place) - 1] }
}
