/// A rule over ballots. It comes to yes, no or unknown, in Kleene's strong three-valued logic (Kleene, Introduction
/// to Metamathematics, 1952, §64): unknown never counts as no.
///
/// In the `dead` rule of a policy, a detector is yes when it leans to dead. In the `suspect` rule, it is yes when
/// it leans to suspicious or dead. In both, it is no when it leans to alive, and otherwise unknown.
///
///
/// Every rule is monotone in the order no, unknown, yes: a ballot that leans further to dead never lowers it.
public indirect enum Rule: Hashable, Sendable {
  /// The opinion of one detector.
  case detector(DetectorName)
  /// Yes if any is yes; no if all are no.
  case any([Rule])
  /// Yes if all are yes; no if any is no.
  case all([Rule])
  /// Yes if at least this many are yes; no if so many no longer can be.
  case atLeast(Int, of: [Rule])
  /// Yes if the weights of the rules that are yes reach the threshold; no if they no longer can.
  case weighted(threshold: Double, [WeightedRule])
  /// Yes if both are yes; no if either is no. As soon as the first is yes, the detectors of the second are
  /// challenged. They are challenged again each time `within` has passed without a yes of the second.
  case confirm(Rule, by: Rule, within: Duration)
  /// The first; while it is unknown, the second.
  case fallback(Rule, to: Rule)
  /// The first; while the second is no, unknown in place of yes: slow is not dead.
  case unless(Rule, alive: Rule)
  /// Yes once the rule has been yes for this long without a break.
  case sustained(Rule, for: Duration)
  /// Yes while the rule is yes, and for this long after it was last yes; otherwise the rule's own value. The dual of
  /// ``sustained(_:for:)``: a no of the rule does not end the time.
  case recent(Rule, for: Duration)
  /// Of the rules that are yes or no: yes if more are yes than no, otherwise no. Unknown while all are unknown.
  ///
  /// A tie is no majority. As with ``fallback(_:to:)`` and ``unless(_:alive:)``, a new no can turn a yes back.
  case majority([Rule])
  /// The rule, with every detector in it counted as the `suspect` rule counts it: it is yes when it leans to
  /// suspicious or dead.
  case suspicious(Rule)

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

/// A rule and its weight in ``Rule/weighted(threshold:_:)``.
public struct WeightedRule: Hashable, Sendable {
  /// The rule that adds its weight when it is yes.
  public let rule: Rule
  /// The weight that it adds.
  public let weight: Double

  /// From its parts, each described at its property.
  public init(_ rule: Rule, weight: Double) {
    self.rule = rule
    self.weight = weight
  }
}

extension Rule: ExpressibleByStringLiteral {
  /// The opinion of the detector of this name.
  public init(stringLiteral value: String) {
    self = .detector(DetectorName(rawValue: value))
  }
}
