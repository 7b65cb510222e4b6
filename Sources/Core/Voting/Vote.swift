/// The three values of a rule, in order: more dead is greater.
enum Vote: UInt8, Comparable, Sendable {
  case alive
  case abstain
  case dead

  static func < (left: Vote, right: Vote) -> Bool { left.rawValue < right.rawValue }
}
