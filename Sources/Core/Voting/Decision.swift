/// What a vote came to.
struct Decision: Sendable {
  enum Kind: UInt8, Sendable { case alive, suspect, halfClosed, dead }

  var kind: Kind
  /// Seats whose ballots decided; empty for alive.
  var deciders: SeatSet
  /// Seats that are asked for their opinion now.
  var challenged: SeatSet
  /// Seats whose ballots are the reason to ask: those that made the first rule of a ``Rule/confirm(_:by:within:)`` dead.
  /// Empty when nobody is asked.
  var challengers: SeatSet
  /// When the vote may come out differently without a new ballot.
  var recheck: MonotonicTime
}

/// A set of seats, at most ``Policy/mostDetectors``.
package struct SeatSet: Sendable, Hashable, BitwiseCopyable {
  private var bits: UInt64

  package init() { bits = 0 }

  private init(bits: UInt64) { self.bits = bits }

  /// The places of the elements that match.
  package init<Element>(of elements: [Element], where matches: (Element) -> Bool) {
    bits = 0
    for (place, element) in elements.enumerated() where matches(element) { insert(place) }
  }

  package var isEmpty: Bool { bits == 0 }

  package func contains(_ seat: Int) -> Bool { seat >= 0 && seat < 64 && bits & 1 << UInt64(seat) != 0 }

  package mutating func insert(_ seat: Int) {
    if seat >= 0, seat < 64 { bits |= 1 << UInt64(seat) }
  }

  package mutating func formUnion(_ other: SeatSet) { bits |= other.bits }

  package func union(_ other: SeatSet) -> SeatSet { SeatSet(bits: bits | other.bits) }

  package func intersection(_ other: SeatSet) -> SeatSet { SeatSet(bits: bits & other.bits) }

  package var count: Int { bits.nonzeroBitCount }

  /// Takes the lowest seat out.
  package mutating func popFirst() -> Int? {
    guard bits != 0 else { return nil }
    let seat = bits.trailingZeroBitCount
    bits &= bits &- 1
    return seat
  }
}
