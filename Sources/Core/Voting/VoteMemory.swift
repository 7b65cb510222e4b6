/// The memory of one connection for the rules that look at time. For each rule one time: its last challenge, or the
/// start of a yes. Empty while nothing is wrong.
package struct VoteMemory: Sendable, Hashable {
  // Few policies have more than three such rules. Up to three, the memory needs no allocation at the first trouble.
  private var first = MonotonicTime.never
  private var second = MonotonicTime.never
  private var third = MonotonicTime.never
  private var rest: [MonotonicTime] = []

  private static let inline = 3

  /// An empty memory.
  package init() {}

  package var isEmpty: Bool {
    first == .never && second == .never && third == .never && rest.allSatisfy { $0 == .never }
  }

  /// Moves every time later by `stall`: the time of a stall does not count.
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
