import FlatlineCore

extension Policy {
  /// The policy as JSON text, keys sorted. Reading it back gives an equal policy.
  public var json: String {
    var detectors: [String: JSONValue] = [:]
    for use in self.detectors {
      detectors[use.name.rawValue] = .object(use.settings.mapValues(\.json))
    }
    return PolicyText.print(
      .object([
        "name": .string(name), "summary": .string(summary), "detectors": .object(detectors),
        "suspect": suspect.json, "dead": dead.json, "halfClose": .string(halfClose.rawValue),
        "conclusive": .string(conclusive.rawValue),
      ]))
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
    func list(_ rules: [Rule]) -> JSONValue { .array(rules.map(\.json)) }
    func text(_ duration: Duration) -> JSONValue { .string(DurationText.text(duration)) }
    return switch self {
    case .detector(let name): .string(name.rawValue)
    case .any(let rules): .object(["any": list(rules)])
    case .all(let rules): .object(["all": list(rules)])
    case .atLeast(let count, let rules): .object(["atLeast": .number(Double(count)), "of": list(rules)])
    case .weighted(let threshold, let rules):
      .object([
        "threshold": .number(threshold),
        "weighted": .array(
          rules.map { .object(["rule": $0.rule.json, "weight": .number($0.weight)]) }),
      ])
    case .confirm(let rule, let other, let duration):
      .object(["confirm": rule.json, "by": other.json, "within": text(duration)])
    case .fallback(let rule, let other): .object(["fallback": rule.json, "to": other.json])
    case .unless(let rule, let other): .object(["rule": rule.json, "unless": other.json])
    case .sustained(let rule, let duration): .object(["sustained": rule.json, "for": text(duration)])
    }
  }
}
