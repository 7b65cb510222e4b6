/// Detectors of a policy, by their index: at most ``Policy/mostDetectors``.
package struct DetectorSet: Sendable, Hashable, BitwiseCopyable {
  private var bits: UInt64

  package init() { bits = 0 }

  private init(bits: UInt64) { self.bits = bits }

  /// The indices of the elements that match.
  package init<Element>(of elements: [Element], where matches: (Element) -> Bool) {
    bits = 0
    for (place, element) in elements.enumerated() where matches(element) { insert(place) }
  }

  package var isEmpty: Bool { bits == 0 }

  package func contains(_ detector: Int) -> Bool {
    detector >= 0 && detector < 64 && bits & 1 << UInt64(detector) != 0
  }

  package mutating func insert(_ detector: Int) {
    if detector >= 0, detector < 64 { bits |= 1 << UInt64(detector) }
  }

  package mutating func formUnion(_ other: DetectorSet) { bits |= other.bits }

  package func union(_ other: DetectorSet) -> DetectorSet { DetectorSet(bits: bits | other.bits) }

  package func subtracting(_ other: DetectorSet) -> DetectorSet { DetectorSet(bits: bits & ~other.bits) }
  package func intersection(_ other: DetectorSet) -> DetectorSet { DetectorSet(bits: bits & other.bits) }

  package var count: Int { bits.nonzeroBitCount }

  /// Removes and returns the lowest detector.
  package mutating func popFirst() -> Int? {
    guard bits != 0 else { return nil }
    let detector = bits.trailingZeroBitCount
    bits &= bits &- 1
    return detector
  }
}
