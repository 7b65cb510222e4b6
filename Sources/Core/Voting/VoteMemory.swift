/// What the rules that look at time remember of one connection: since when each has been dead. Empty while
/// nothing is wrong.
package struct VoteMemory: Sendable, Hashable {
  // Few policies have more such rules than these: the first trouble of a connection then needs no memory of its own.
  private var first = MonotonicTime.never
  private var second = MonotonicTime.never
  private var third = MonotonicTime.never
  private var rest: [MonotonicTime] = []

  private static let inline = 3

  /// Nothing is remembered.
  package init() {}

  package var isEmpty: Bool {
    first == .never && second == .never && third == .never && rest.allSatisfy { $0 == .never }
  }

  /// What has lasted since then has lasted for less: the monitor slept, and that time does not count.
  package mutating func moveOn(by stall: Duration) {
    for place in 0..<VoteMemory.inline + rest.count where self[place] != .never {
      self[place] = self[place] + stall
    }
  }

  package subscript(place: Int) -> MonotonicTime {
    get {
      switch place {
      case 0: first
      case 1: second
      case 2: third
      default: place - VoteMemory.inline < rest.count ? rest[place - VoteMemory.inline] : .never
      }
    }
    set {
      switch place {
      case 0: first = newValue
      case 1: second = newValue
      case 2: third = newValue
      default: setFurther(place - VoteMemory.inline, newValue)
      }
    }
  }

  private mutating func setFurther(_ place: Int, _ time: MonotonicTime) {
    if place >= rest.count {
      guard time != .never else { return }
      rest += Array(repeating: .never, count: place + 1 - rest.count)
    }
    rest[place] = time
  }
}
