public import FlatlineCore

extension Policy {
  /// Reads a policy from JSON or JSON5 text, and checks it against the detectors there are.
  ///
  /// - Parameters:
  ///   - text: the bytes of the file.
  ///   - fallbackName: the policy's name if the text gives none.
  ///   - registry: the detectors that the policy may name.
  /// - Throws: `PolicyError` naming the line or key, what was found and what is allowed.
  public init(
    json text: [UInt8], named fallbackName: String = "unnamed", registry: DetectorRegistry
  ) throws(PolicyError) {
    let top = try PolicyObject(
      PolicyText.parse(text), at: "",
      keys: ["name", "summary", "detectors", "suspect", "dead", "halfClose", "conclusive"])
    let detectors = try top.value("detectors", "an object of detectors and their settings")
    self.init(
      name: try top.string("name") ?? fallbackName,
      summary: try top.string("summary") ?? "",
      halfClose: try top.choice("halfClose", HalfClose.dead),
      conclusive: try top.choice("conclusive", Conclusive.wins),
      detectors: try Policy.readDetectors(detectors),
      suspect: try Rule(top.value("suspect", Rule.allowed), at: "suspect", depth: 1),
      dead: try Rule(top.value("dead", Rule.allowed), at: "dead", depth: 1))
    try validate(with: registry)
  }

  private static func readDetectors(_ value: JSONValue) throws(PolicyError) -> [DetectorUse] {
    guard case .object(let members) = value else {
      throw PolicyError(
        at: "detectors", found: value.found, allowed: "an object of detectors and their settings")
    }
    var uses: [DetectorUse] = []
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let place = "detectors.\(PolicyError.plain(name))"
      guard case .object(let members) = value else {
        throw PolicyError(
          at: place, found: value.found, allowed: "an object of settings, {} for the defaults")
      }
      var settings: [String: SettingValue] = [:]
      var method = DetectorName(rawValue: name)
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
        if key == DetectorUse.methodKey {
          guard case .string(let text) = value else {
            throw PolicyError(
              at: "\(place).\(key)", found: value.found, allowed: "the name of a detector")
          }
          method = DetectorName(rawValue: text)
          continue
        }
        switch value {
        case .string(let text): settings[key] = .text(text)
        case .number(let number): settings[key] = .number(number)
        case .bool(let flag): settings[key] = .flag(flag)
        case .null, .array, .object:
          throw PolicyError(
            at: "\(place).\(PolicyError.plain(key))", found: value.found,
            allowed: "a text, a number, true or false")
        }
      }
      uses.append(DetectorUse(method, named: DetectorName(rawValue: name), settings))
    }
    return uses
  }
}

extension Rule {
  static let allowed: String = {
    let heads = Combinator.allCases.map(\.rawValue)
    let last = heads.last.map { " or \($0)" } ?? ""
    return "a detector's name, or an object with \(heads.dropLast().joined(separator: ", "))\(last)"
  }()

  fileprivate init(_ value: JSONValue, at place: String, depth: Int) throws(PolicyError) {
    guard depth <= Policy.deepestRule else {
      throw PolicyError(
        at: place, found: "rules nested deeper than \(Policy.deepestRule)",
        allowed: "at most \(Policy.deepestRule) levels")
    }
    if case .string(let name) = value {
      self = .detector(DetectorName(rawValue: name))
      return
    }
    guard case .object(let members) = value else {
      throw PolicyError(at: place, found: value.found, allowed: Rule.allowed)
    }
    // "unless" goes with "rule"; the other combinators are known by their first key.
    guard let combinator = Combinator.allCases.first(where: { members[$0.rawValue] != nil }) else {
      let heads = Combinator.allCases.map(\.rawValue)
      throw PolicyError(
        at: place, found: value.found, allowed: Rule.allowed,
        suggestion: members.keys.sorted().lazy.compactMap { NearestName.of($0, in: heads) }.first)
    }
    let object = try PolicyObject(value, at: place, keys: combinator.keys)
    try self.init(combinator, from: RuleReader(object: object, depth: depth + 1))
  }
}

/// Reads the keys of a combinator.
private struct RuleReader: RuleSource {
  let object: PolicyObject
  /// Depth of the rules inside.
  let depth: Int

  func rule(_ key: String) throws(PolicyError) -> Rule { try rule(key, of: object) }

  func rules(_ key: String) throws(PolicyError) -> [Rule] {
    var rules: [Rule] = []
    for (index, value) in try object.array(key).enumerated() {
      rules.append(try Rule(value, at: "\(object.place(key))[\(index)]", depth: depth))
    }
    return rules
  }

  func weightedRules(_ key: String) throws(PolicyError) -> [WeightedRule] {
    var rules: [WeightedRule] = []
    for (index, value) in try object.array(key).enumerated() {
      let member = try PolicyObject(
        value, at: "\(object.place(key))[\(index)]", keys: ["rule", "weight"])
      rules.append(WeightedRule(try rule("rule", of: member), weight: try member.number("weight")))
    }
    return rules
  }

  func integer(_ key: String) throws(PolicyError) -> Int { try object.integer(key) }
  func number(_ key: String) throws(PolicyError) -> Double { try object.number(key) }
  func duration(_ key: String) throws(PolicyError) -> Duration { try object.duration(key) }

  private func rule(_ key: String, of object: PolicyObject) throws(PolicyError) -> Rule {
    try Rule(object.value(key, Rule.allowed), at: object.place(key), depth: depth)
  }
}
