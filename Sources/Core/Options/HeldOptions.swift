/// The options of one socket that watches of this process hold, and the watches that hold any.
struct HeldOptions: Hashable, Sendable {
  private var values: [HeldValue] = []
  /// The numbers of the watches. A number is reused only after its watch has released, so that no watch releases
  /// the options of another.
  var holders: [UInt32] = []

  /// No watch holds any.
  var isEmpty: Bool { values.isEmpty && holders.isEmpty }

  /// A number that no watch of the socket has. Small, so that equal holdings of different sockets are equal.
  func newHolder() -> UInt32 { (holders.max() ?? 0) + 1 }

  subscript(option: SocketOption) -> HeldValue? {
    get { values.first { $0.option == option } }
    set {
      let place = values.firstIndex { $0.option == option }
      switch (place, newValue) {
      case (let place?, let value?): values[place] = value
      case (let place?, nil): values.remove(at: place)
      case (nil, let value?): values.append(value)
      case (nil, nil): break
      }
    }
  }
}
