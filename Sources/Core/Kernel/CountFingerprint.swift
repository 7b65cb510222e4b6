/// A count in two bytes: enough to see whether it moved, in memory that every watched connection has. One step in 65,536
/// looks like none, and those are no round numbers (Fibonacci hashing; Knuth, The Art of Computer Programming, 6.4).
package struct CountFingerprint: BitwiseCopyable, Hashable, Sendable {
  private let value: UInt16

  package init(_ count: UInt64) {
    value = UInt16(truncatingIfNeeded: UInt32(truncatingIfNeeded: count) &* 0x9E37_79B1 >> 16)
  }
}
