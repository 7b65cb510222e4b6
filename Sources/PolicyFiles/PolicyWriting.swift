public import FlatlineCore

extension Policy {
  /// The policy as JSON text, keys sorted. Reading it back gives an equal policy.
  public var json: String {
    var detectors: [String: JSONValue] = [:]
    for use in self.detectors {
      var members = use.settings.mapValues(\.json)
      if use.method != use.name { members[DetectorUse.methodKey] = .string(use.method.rawValue) }
      detectors[use.name.rawValue] = .object(members)
    }
    let document = JSONValue.object([
      "name": .string(name), "summary": .string(summary), "detectors": .object(detectors),
      "suspect": suspect.json, "dead": dead.json, "halfClose": .string(halfClose.rawValue),
      "conclusive": .string(conclusive.rawValue),
    ])
    return document.text
  }
}

extension SettingValue {
  fileprivate var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .number(number)
    case .flag(let flag): .bool(flag)
    }
  }
}

extension Rule {
  fileprivate var json: JSONValue {
    if case .detector(let name) = self { return .string(name.rawValue) }
    var object: [String: JSONValue] = [:]
    for (key, value) in members { object[key] = value.json }
    return .object(object)
  }
}

extension Rule.Member {
  fileprivate var json: JSONValue {
    switch self {
    case .rule(let rule): rule.json
    case .rules(let rules): .array(rules.map(\.json))
    case .weightedRules(let rules):
      .array(rules.map { .object(["rule": $0.rule.json, "weight": .number($0.weight)]) })
    case .integer(let integer): .number(Double(integer))
    case .number(let number): .number(number)
    case .duration(let duration): .string(DurationText.text(duration))
    }
  }
}
