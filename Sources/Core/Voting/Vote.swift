/// The three values of a rule, in order: more dead is greater.
package enum Vote: UInt8, Comparable, Sendable, BitwiseCopyable {
  case alive
  case abstain
  case dead

  package static func < (left: Vote, right: Vote) -> Bool { left.rawValue < right.rawValue }
}
