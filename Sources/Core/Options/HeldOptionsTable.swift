/// Held options of each socket, by its cookie: twelve bytes a socket, because most sockets of a policy hold the
/// same.
struct HeldOptionsTable {
  private struct Entry {
    var held: HeldOptions
    /// Number of sockets with exactly these held options.
    var uses: Int
  }

  private var places: [UInt64: UInt32] = [:]
  private var entries: [Entry] = []
  private var placesByValue: [HeldOptions: UInt32] = [:]
  private var free: [UInt32] = []

  /// How many sockets have options held.
  var count: Int { places.count }

  /// Held options of a socket; `nil`, never an empty value, for none.
  subscript(cookie: UInt64) -> HeldOptions? {
    get { places[cookie].map { entries[Int($0)].held } }
    set {
      let before = places[cookie]
      if let newValue, !newValue.isEmpty { places[cookie] = take(newValue) } else { places[cookie] = nil }
      if let before { giveBack(before) }
    }
  }

  private mutating func take(_ held: HeldOptions) -> UInt32 {
    if let place = placesByValue[held] {
      entries[Int(place)].uses += 1
      return place
    }
    let entry = Entry(held: held, uses: 1)
    let place = free.popLast() ?? UInt32(entries.count)
    if place < entries.count { entries[Int(place)] = entry } else { entries.append(entry) }
    placesByValue[held] = place
    return place
  }

  private mutating func giveBack(_ place: UInt32) {
    entries[Int(place)].uses -= 1
    guard entries[Int(place)].uses == 0 else { return }
    placesByValue[entries[Int(place)].held] = nil
    entries[Int(place)].held = HeldOptions()
    free.append(place)
  }
}
