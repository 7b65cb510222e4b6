/// The connections to be looked at in the next turn, each once.
struct WakeList: ~Copyable {
  private var wakes: [Wake] = []
  /// An emptied list, kept for its capacity.
  private var spare: [Wake] = []
  /// Index in `wakes` plus one, by slot; zero for none.
  private var places = Column<UInt32>()

  var count: Int { wakes.count }

  func contains(_ slot: UInt32) -> Bool { places[Int(slot)] != 0 }

  /// Changes the wake of a slot. Makes it first if there is none.
  mutating func change(_ slot: UInt32, _ make: @autoclosure () -> Wake, _ change: (inout Wake) -> Void) {
    if places[Int(slot)] == 0 {
      wakes.append(make())
      places[Int(slot)] = UInt32(wakes.count)
    }
    change(&wakes[Int(places[Int(slot)]) - 1])
  }

  /// Takes the list. Wakes added from now on are for the turn after.
  mutating func take() -> [Wake] {
    for wake in wakes { places[Int(wake.slot)] = 0 }
    var taken: [Wake] = []
    swap(&taken, &wakes)
    swap(&wakes, &spare)
    return taken
  }

  /// Gives a list back for its capacity, emptied after its turn.
  mutating func giveBack(_ emptied: [Wake]) {
    spare = emptied
  }

  /// Removes the wake of a slot that is freed.
  mutating func forget(_ slot: UInt32) {
    let place = Int(places[Int(slot)]) - 1
    guard place >= 0 else { return }
    places[Int(slot)] = 0
    let last = wakes.removeLast()
    guard place < wakes.count else { return }
    wakes[place] = last
    places[Int(last.slot)] = UInt32(place + 1)
  }
}
