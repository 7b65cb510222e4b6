/// The memory of one connection for the rules that look at time. For each rule one time: its last challenge, or the
/// start or the end of a yes. Empty while nothing is wrong.
package struct VoteMemory: Sendable, Hashable {
  // Few policies have more than three such rules. Up to three, the memory needs no allocation at the first trouble.
  private var first = MonotonicTime.never
  private var second = MonotonicTime.never
  private var third = MonotonicTime.never
  private var rest: [Place] = []

  /// A further place. Only such a place keeps detectors.
  private struct Place: Sendable, Hashable {
    var time = MonotonicTime.never
    /// The detectors of a yes that has ended.
    var deciders = DetectorSet()
  }

  /// How many places keep no detectors.
  static let inline = 3
  /// In place of the end of a yes that has not ended. A stall does not move it.
  static let standing = MonotonicTime(nanoseconds: 0)

  /// An empty memory.
  package init() {}

  package var isEmpty: Bool {
    first == .never && second == .never && third == .never && rest.allSatisfy { $0.time == .never }
  }

  /// Moves every time later by `stall`: the time of a stall does not count.
  package mutating func moveOn(by stall: Duration) {
    for place in 0..<VoteMemory.inline + rest.count
    where self[place] != .never && self[place] != VoteMemory.standing {
      self[place] = self[place] + stall
    }
  }

  /// Notes a yes of now, and the detectors that decide it.
  ///
  /// - Parameter place: a place after the first ``inline``.
  mutating func keep(_ deciders: DetectorSet, at place: Int) {
    self[place] = VoteMemory.standing
    rest[place - VoteMemory.inline].deciders = deciders
  }

  /// The detectors that decided the last yes.
  ///
  /// - Parameter place: a place with a time.
  func deciders(at place: Int) -> DetectorSet { rest[place - VoteMemory.inline].deciders }

  package subscript(place: Int) -> MonotonicTime {
    get {
      switch place {
      case 0: first
      case 1: second
      case 2: third
      default: place - VoteMemory.inline < rest.count ? rest[place - VoteMemory.inline].time : .never
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
      rest += Array(repeating: Place(), count: place + 1 - rest.count)
    }
    rest[place].time = time
  }
}
