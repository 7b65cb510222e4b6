/// What a rule comes to, in Kleene's three-valued logic: whether it is satisfied. For the dead rule that is a death, for the
/// suspect rule a suspicion.
package enum Vote: UInt8, Comparable, Sendable, BitwiseCopyable {
  /// It cannot be, as things stand: too many were seen to live.
  case no
  /// It is not, and could be: too many abstain.
  case unknown
  /// It is.
  case yes

  package static func < (left: Vote, right: Vote) -> Bool { left.rawValue < right.rawValue }
}
