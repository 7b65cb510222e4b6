/// The ways to combine rules. A raw value is the key by which a policy file recognizes the combinator.
///
/// A new combinator is a case of ``Rule`` and of this enum with its shape below, how it votes (`Voting/Round.swift`),
/// and its worst case (`Explaining/WorstCase.swift`). The compiler asks for each of them: no `switch` over combinators
/// has a `default`.
package enum Combinator: String, CaseIterable, Sendable {
  case any
  case all
  case atLeast
  case weighted
  case confirm
  case fallback
  case unless
  case sustained
  case recent
  case majority
  case suspicious

  /// The keys of the combinator's object in a policy file, in the order in which they are read best.
  package var keys: [String] {
    switch self {
    case .any: ["any"]
    case .all: ["all"]
    case .atLeast: ["atLeast", "of"]
    case .weighted: ["weighted", "threshold"]
    case .confirm: ["confirm", "by", "within"]
    case .fallback: ["fallback", "to"]
    case .unless: ["rule", "unless"]
    case .sustained: ["sustained", "for"]
    case .recent: ["recent", "for"]
    case .majority: ["majority"]
    case .suspicious: ["suspicious"]
    }
  }

  /// The error if both rules of the combinator are the same; `nil` if they may be.
  var repetition: String? {
    switch self {
    case .any, .all, .atLeast, .weighted, .sustained, .recent, .majority, .suspicious: nil
    case .confirm: "a rule confirmed by itself"
    case .fallback: "a rule that falls back to itself"
    case .unless: "a rule vetoed by itself"
    }
  }
}

/// A source of the values of a combinator's keys, such as an object of a policy file.
package protocol RuleSource {
  func rule(_ key: String) throws(PolicyError) -> Rule
  func rules(_ key: String) throws(PolicyError) -> [Rule]
  func weightedRules(_ key: String) throws(PolicyError) -> [WeightedRule]
  func integer(_ key: String) throws(PolicyError) -> Int
  func number(_ key: String) throws(PolicyError) -> Double
  func duration(_ key: String) throws(PolicyError) -> Duration
}

extension Rule {
  /// The value at one key of a combinator.
  package enum Member {
    case rule(Rule)
    case rules([Rule])
    case weightedRules([WeightedRule])
    case integer(Int)
    case number(Double)
    case duration(Duration)
  }

  /// The combinator and the values of its keys, in the keys' order; `nil` for a detector.
  package var shape: (combinator: Combinator, members: [Member])? {
    switch self {
    case .detector: nil
    case .any(let rules): (.any, [.rules(rules)])
    case .all(let rules): (.all, [.rules(rules)])
    case .atLeast(let count, let rules): (.atLeast, [.integer(count), .rules(rules)])
    case .weighted(let threshold, let rules): (.weighted, [.weightedRules(rules), .number(threshold)])
    case .confirm(let rule, let other, let period):
      (.confirm, [.rule(rule), .rule(other), .duration(period)])
    case .fallback(let rule, let other): (.fallback, [.rule(rule), .rule(other)])
    case .unless(let rule, let other): (.unless, [.rule(rule), .rule(other)])
    case .sustained(let rule, let duration): (.sustained, [.rule(rule), .duration(duration)])
    case .recent(let rule, let duration): (.recent, [.rule(rule), .duration(duration)])
    case .majority(let rules): (.majority, [.rules(rules)])
    case .suspicious(let rule): (.suspicious, [.rule(rule)])
    }
  }

  /// The inverse of ``shape``: the rule of a combinator with the values of a source.
  package init(_ combinator: Combinator, from source: some RuleSource) throws(PolicyError) {
    switch combinator {
    case .any: self = .any(try source.rules("any"))
    case .all: self = .all(try source.rules("all"))
    case .atLeast: self = .atLeast(try source.integer("atLeast"), of: try source.rules("of"))
    case .weighted:
      self = .weighted(threshold: try source.number("threshold"), try source.weightedRules("weighted"))
    case .confirm:
      self = .confirm(
        try source.rule("confirm"), by: try source.rule("by"), within: try source.duration("within"))
    case .fallback: self = .fallback(try source.rule("fallback"), to: try source.rule("to"))
    case .unless: self = .unless(try source.rule("rule"), alive: try source.rule("unless"))
    case .sustained: self = .sustained(try source.rule("sustained"), for: try source.duration("for"))
    case .recent: self = .recent(try source.rule("recent"), for: try source.duration("for"))
    case .majority: self = .majority(try source.rules("majority"))
    case .suspicious: self = .suspicious(try source.rule("suspicious"))
    }
  }

  /// The values of the combinator's keys, each with its key.
  package var members: [(key: String, value: Member)] {
    guard let shape else { return [] }
    return zip(shape.combinator.keys, shape.members).map { ($0, $1) }
  }

  /// The rules directly inside this one.
  package var parts: [Rule] {
    guard let shape else { return [] }
    var parts: [Rule] = []
    for member in shape.members {
      switch member {
      case .rule(let rule): parts.append(rule)
      case .rules(let rules): parts += rules
      case .weightedRules(let rules): parts += rules.map(\.rule)
      case .integer, .number, .duration: break
      }
    }
    return parts
  }

  /// The weight of each of ``parts``; empty for a combinator without weights.
  var weights: [Double] {
    var weights: [Double] = []
    for member in shape?.members ?? [] {
      if case .weightedRules(let rules) = member { weights += rules.map(\.weight) }
    }
    return weights
  }

  /// The path of each of ``parts`` in a policy file, below this rule.
  package var partNames: [String] {
    var names: [String] = []
    for (key, value) in members {
      switch value {
      case .rule: names.append(key)
      case .rules(let rules): names += rules.indices.map { "\(key)[\($0)]" }
      case .weightedRules(let rules): names += rules.indices.map { "\(key)[\($0)].rule" }
      case .integer, .number, .duration: break
      }
    }
    return names
  }

  /// The rule on one line, as a policy file spells it.
  package var text: String {
    switch self {
    case .detector(let name): return PolicyError.quoted(name.rawValue)
    case .any, .all, .atLeast, .weighted, .confirm, .fallback, .unless, .sustained, .recent, .majority,
      .suspicious:
      return "{" + members.map { "\"\($0.key)\": \($0.value.text)" }.joined(separator: ", ") + "}"
    }
  }
}

extension Rule.Member {
  fileprivate var text: String {
    func number(_ number: Double) -> String { SettingValue.number(number).description }
    func list(_ texts: [String]) -> String { "[" + texts.joined(separator: ", ") + "]" }
    return switch self {
    case .rule(let rule): rule.text
    case .rules(let rules): list(rules.map(\.text))
    case .weightedRules(let rules):
      list(rules.map { "{\"rule\": \($0.rule.text), \"weight\": \(number($0.weight))}" })
    case .integer(let integer): String(integer)
    case .number(let value): number(value)
    case .duration(let duration): "\"\(DurationText.text(duration))\""
    }
  }
}
