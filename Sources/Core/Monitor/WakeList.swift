/// The connections to be looked at in the next turn, each once.
struct WakeList: ~Copyable {
  private var wakes: [Wake] = []
  /// A list that was taken and given back, for its room.
  private var spare: [Wake] = []
  /// One more than the place in `wakes`, by slot; zero for none.
  private var places = Column<UInt32>()

  var count: Int { wakes.count }

  func contains(_ slot: UInt32) -> Bool { places[Int(slot)] != 0 }

  /// Changes the wake of a slot, made first if there is none.
  mutating func change(_ slot: UInt32, _ make: @autoclosure () -> Wake, _ change: (inout Wake) -> Void) {
    if places[Int(slot)] == 0 {
      wakes.append(make())
      places[Int(slot)] = UInt32(wakes.count)
    }
    change(&wakes[Int(places[Int(slot)]) - 1])
  }

  /// Takes the list; what is added from now on is for the turn after.
  mutating func take() -> [Wake] {
    for wake in wakes { places[Int(wake.slot)] = 0 }
    var taken: [Wake] = []
    swap(&taken, &wakes)
    swap(&wakes, &spare)
    return taken
  }

  /// Gives the room of a list back, emptied once its turn is over.
  mutating func giveBack(_ emptied: [Wake]) {
    spare = emptied
  }

  /// The wake of a slot that is given up names nothing any more.
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
