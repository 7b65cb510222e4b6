/// Builds rules from lists of rules and detector names.
///
///     Rule.any {
///       "tcp-info"
///       Rule.fallback("heartbeat", to: "keepalive")
///     }
@resultBuilder
public enum RuleBuilder {
  public static func buildExpression(_ rule: Rule) -> [Rule] { [rule] }
  public static func buildBlock(_ parts: [Rule]...) -> [Rule] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [Rule]?) -> [Rule] { part ?? [] }
  public static func buildEither(first part: [Rule]) -> [Rule] { part }
  public static func buildEither(second part: [Rule]) -> [Rule] { part }
  public static func buildArray(_ parts: [[Rule]]) -> [Rule] { parts.flatMap { $0 } }
}

/// Builds the list of detectors of a policy.
@resultBuilder
public enum DetectorUseBuilder {
  public static func buildExpression(_ use: DetectorUse) -> [DetectorUse] { [use] }
  public static func buildBlock(_ parts: [DetectorUse]...) -> [DetectorUse] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [DetectorUse]?) -> [DetectorUse] { part ?? [] }
  public static func buildEither(first part: [DetectorUse]) -> [DetectorUse] { part }
  public static func buildEither(second part: [DetectorUse]) -> [DetectorUse] { part }
  public static func buildArray(_ parts: [[DetectorUse]]) -> [DetectorUse] { parts.flatMap { $0 } }
}

extension Rule {
  public static func any(@RuleBuilder _ rules: () -> [Rule]) -> Rule { .any(rules()) }
  public static func all(@RuleBuilder _ rules: () -> [Rule]) -> Rule { .all(rules()) }
  public static func atLeast(_ count: Int, @RuleBuilder of rules: () -> [Rule]) -> Rule {
    .atLeast(count, of: rules())
  }
}
