/// The value of a rule in Kleene's three-valued logic: whether it is satisfied. A yes of the dead rule means dead,
/// a yes of the suspect rule means suspect.
package enum Vote: UInt8, Comparable, Sendable, BitwiseCopyable {
  /// Not satisfied, and it cannot be now: too many detectors lean to alive.
  case no
  /// Not satisfied, but it could be: too many detectors abstain.
  case unknown
  /// Satisfied.
  case yes

  package static func < (left: Vote, right: Vote) -> Bool { left.rawValue < right.rawValue }
}
