/// Builds rules from lists of rules and detector names.
///
///     Rule.any {
///       "tcp-info"
///       Rule.fallback("heartbeat", to: "keepalive")
///     }
@resultBuilder
public enum RuleBuilder {
  /// One line of the list.
  public static func buildExpression(_ rule: Rule) -> [Rule] { [rule] }
  /// All lines of the list, in order.
  public static func buildBlock(_ parts: [Rule]...) -> [Rule] { parts.flatMap { $0 } }
  /// The lines under an `if`.
  public static func buildOptional(_ part: [Rule]?) -> [Rule] { part ?? [] }
  /// The lines of the first branch.
  public static func buildEither(first part: [Rule]) -> [Rule] { part }
  /// The lines of the other branch.
  public static func buildEither(second part: [Rule]) -> [Rule] { part }
  /// The lines of a loop.
  public static func buildArray(_ parts: [[Rule]]) -> [Rule] { parts.flatMap { $0 } }
}

/// Builds the list of detectors of a policy.
@resultBuilder
public enum DetectorUseBuilder {
  /// One line of the list.
  public static func buildExpression(_ use: DetectorUse) -> [DetectorUse] { [use] }
  /// All lines of the list, in order.
  public static func buildBlock(_ parts: [DetectorUse]...) -> [DetectorUse] { parts.flatMap { $0 } }
  /// The lines under an `if`.
  public static func buildOptional(_ part: [DetectorUse]?) -> [DetectorUse] { part ?? [] }
  /// The lines of the first branch.
  public static func buildEither(first part: [DetectorUse]) -> [DetectorUse] { part }
  /// The lines of the other branch.
  public static func buildEither(second part: [DetectorUse]) -> [DetectorUse] { part }
  /// The lines of a loop.
  public static func buildArray(_ parts: [[DetectorUse]]) -> [DetectorUse] { parts.flatMap { $0 } }
}

extension Rule {
  /// Yes if any of these is yes; no if all are no.
  public static func any(@RuleBuilder _ rules: () -> [Rule]) -> Rule { .any(rules()) }
  /// Yes if all of these are yes; no if any is no.
  public static func all(@RuleBuilder _ rules: () -> [Rule]) -> Rule { .all(rules()) }
  /// Yes if at least `count` of these are yes.
  public static func atLeast(_ count: Int, @RuleBuilder of rules: () -> [Rule]) -> Rule {
    .atLeast(count, of: rules())
  }
  /// Yes if more of these are yes than no; unknown while all are unknown.
  public static func majority(@RuleBuilder _ rules: () -> [Rule]) -> Rule { .majority(rules()) }
}
