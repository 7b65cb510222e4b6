/// A rule over ballots. It comes to dead, alive or abstain, in Kleene's strong three-valued logic
/// (Kleene, Introduction to Metamathematics, 1952, §64): what is unknown never counts as alive.
///
/// As the `dead` rule of a policy, a detector counts when it leans to dead. As the `suspect` rule, it counts
/// when it leans to suspicious or dead.
public indirect enum Rule: Hashable, Sendable {
  /// What one detector says.
  case detector(DetectorName)
  /// Dead if any is; alive if all are.
  case any([Rule])
  /// Dead if all are; alive if any is.
  case all([Rule])
  /// Dead if at least this many are; alive if so many no longer can be.
  case atLeast(Int, of: [Rule])
  /// Dead if the weights of those that are reach the threshold; alive if they no longer can.
  case weighted(threshold: Double, [WeightedRule])
  /// Dead if both are. As soon as the first is, the detectors of the second are asked for their opinion, and
  /// asked again each time `within` has passed without their agreement.
  case confirm(Rule, by: Rule, within: Duration)
  /// The first; while it abstains, the second.
  case fallback(Rule, to: Rule)
  /// The first, but while the second is alive, never dead: slow is not dead.
  case unless(Rule, alive: Rule)
  /// Dead once the rule has been so, without a break, for this long.
  case sustained(Rule, for: Duration)

  /// The detectors that the rule names, in order of appearance.
  public var detectors: [DetectorName] {
    var seen: [DetectorName] = []
    collect(into: &seen)
    return seen
  }

  private func collect(into seen: inout [DetectorName]) {
    if case .detector(let name) = self, !seen.contains(name) { seen.append(name) }
    for part in parts { part.collect(into: &seen) }
  }
}

/// A rule and what it weighs in ``Rule/weighted(threshold:_:)``.
public struct WeightedRule: Hashable, Sendable {
  /// What must come to dead to weigh.
  public let rule: Rule
  /// What it then weighs.
  public let weight: Double

  /// From its parts, each described at its property.
  public init(_ rule: Rule, weight: Double) {
    self.rule = rule
    self.weight = weight
  }
}

extension Rule: ExpressibleByStringLiteral {
  /// What the detector of this name says.
  public init(stringLiteral value: String) {
    self = .detector(DetectorName(rawValue: value))
  }
}
