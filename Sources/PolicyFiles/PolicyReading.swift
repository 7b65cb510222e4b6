import FlatlineCore

extension Policy {
  /// Reads a policy from JSON or JSON5 text, and checks it against the detectors there are.
  ///
  /// - Parameters:
  ///   - text: the bytes of the file.
  ///   - fallbackName: the policy's name if the text gives none.
  ///   - registry: the detectors that the policy may name.
  /// - Throws: ``PolicyError`` naming the line or key, what was found and what is allowed.
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
      for (key, value) in members.sorted(by: { $0.key < $1.key }) {
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
      uses.append(DetectorUse(DetectorName(rawValue: name), settings))
    }
    return uses
  }
}

extension Rule {
  static let allowed =
    "a detector's name, or an object with any, all, atLeast, weighted, confirm, fallback, unless or sustained"

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
    // "unless" goes with "rule"; the other forms are known by their first key.
    let heads = ["any", "all", "atLeast", "weighted", "confirm", "fallback", "unless", "sustained"]
    guard let head = heads.first(where: { members[$0] != nil }) else {
      throw PolicyError(
        at: place, found: value.found, allowed: Rule.allowed,
        suggestion: members.keys.sorted().lazy.compactMap { NearestName.of($0, in: heads) }.first)
    }
    func part(_ object: PolicyObject, _ key: String) throws(PolicyError) -> Rule {
      try Rule(object.value(key, Rule.allowed), at: object.place(key), depth: depth + 1)
    }
    func list(_ object: PolicyObject, _ key: String) throws(PolicyError) -> [Rule] {
      var rules: [Rule] = []
      for (index, value) in try object.array(key).enumerated() {
        rules.append(try Rule(value, at: "\(object.place(key))[\(index)]", depth: depth + 1))
      }
      return rules
    }
    switch head {
    case "any", "all":
      let rules = try list(PolicyObject(value, at: place, keys: [head]), head)
      self = head == "any" ? .any(rules) : .all(rules)
    case "atLeast":
      let object = try PolicyObject(value, at: place, keys: ["atLeast", "of"])
      self = .atLeast(try object.integer("atLeast"), of: try list(object, "of"))
    case "weighted":
      let object = try PolicyObject(value, at: place, keys: ["weighted", "threshold"])
      var rules: [WeightedRule] = []
      for (index, value) in try object.array("weighted").enumerated() {
        let member = try PolicyObject(
          value, at: "\(object.place("weighted"))[\(index)]", keys: ["rule", "weight"])
        rules.append(WeightedRule(try part(member, "rule"), weight: try member.number("weight")))
      }
      self = .weighted(threshold: try object.number("threshold"), rules)
    case "confirm":
      let object = try PolicyObject(value, at: place, keys: ["confirm", "by", "within"])
      self = .confirm(
        try part(object, "confirm"), by: try part(object, "by"), within: try object.duration("within"))
    case "fallback":
      let object = try PolicyObject(value, at: place, keys: ["fallback", "to"])
      self = .fallback(try part(object, "fallback"), to: try part(object, "to"))
    case "unless":
      let object = try PolicyObject(value, at: place, keys: ["rule", "unless"])
      self = .unless(try part(object, "rule"), alive: try part(object, "unless"))
    default:
      let object = try PolicyObject(value, at: place, keys: ["sustained", "for"])
      self = .sustained(try part(object, "sustained"), for: try object.duration("for"))
    }
  }
}
