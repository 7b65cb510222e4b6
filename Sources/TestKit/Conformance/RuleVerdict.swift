/// What came of the trial of one rule.
@nonexhaustive
public enum RuleVerdict: Hashable, Sendable {
  /// The rule was tried and is kept.
  case kept
  /// The rule is broken. Each line tells one observation; there are at most eight.
  case broken([String])
  /// Nothing broke the rule, but the case that it is about never came: `it accused in none of these worlds`. Worlds,
  /// settings or transcripts of one's own may bring it.
  case learnedNothing(String)

  /// Whether the rule is broken.
  public var isBroken: Bool {
    if case .broken = self { true } else { false }
  }
}

extension RuleVerdict: CustomStringConvertible {
  /// In one line, but for a rule that is broken in several ways: one line for each.
  public var description: String {
    switch self {
    case .kept: "kept"
    case .broken(let stories): stories.map { "broken: \($0)" }.joined(separator: "\n")
    case .learnedNothing(let reason): "learned nothing: \(reason)"
    }
  }
}
