extension Policy {
  /// Rules nested deeper than this are refused: no vote needs them, and every walk over rules is recursive.
  public static let deepestRule = 64
  /// The most detectors one policy may use.
  public static let mostDetectors = 64

  /// Checks the policy against the registered detectors, and makes those it uses.
  ///
  /// - Throws: ``PolicyError`` for the first thing that is wrong.
  public func validate(with registry: DetectorRegistry) throws(PolicyError) {
    _ = try makeDetectors(from: registry)
    try checkRule(suspect, at: "suspect")
    try checkRule(dead, at: "dead")
  }

  /// The detectors of the policy, set up, in the policy's order.
  package func makeDetectors(from registry: DetectorRegistry) throws(PolicyError) -> [any Detector] {
    guard !detectors.isEmpty else {
      throw PolicyError(at: "detectors", found: "none", allowed: "at least one detector")
    }
    guard detectors.count <= Policy.mostDetectors else {
      throw PolicyError(
        at: "detectors", found: "\(detectors.count) detectors", allowed: "at most \(Policy.mostDetectors)")
    }
    var made: [any Detector] = []
    for (index, use) in detectors.enumerated() {
      guard !detectors[..<index].contains(where: { $0.name == use.name }) else {
        throw PolicyError(at: "detectors.\(use.name)", found: "the detector twice", allowed: "once")
      }
      made.append(try makeDetector(use, from: registry))
    }
    try checkHeldOptions(made)
    return made
  }

  private func makeDetector(
    _ use: DetectorUse, from registry: DetectorRegistry
  ) throws(PolicyError) -> any Detector {
    let hasOwnName = use.name != use.method
    let place = "detectors.\(PolicyError.plain(use.name.rawValue)).\(DetectorUse.methodKey)"
    guard let detector = registry[use.method] else {
      throw PolicyError.unknown(
        "detector", use.method.rawValue, at: hasOwnName ? place : "detectors",
        among: registry.names.map(\.rawValue))
    }
    if hasOwnName, registry[use.name] != nil {
      throw PolicyError(
        at: place, found: "\(PolicyError.quoted(use.method.rawValue)) under the name of another detector",
        allowed: "\(PolicyError.quoted(use.name.rawValue)), or a name that no detector has")
    }
    return try detector.makeDetector(use.settings, named: use.name)
  }

  /// A socket has one value of each option: a method that is used twice must hold the same.
  private func checkHeldOptions(_ made: [any Detector]) throws(PolicyError) {
    for (index, use) in detectors.enumerated() {
      for (earlier, other) in detectors[..<index].enumerated() where other.method == use.method {
        let held = made[earlier].needs.options
        for option in made[index].needs.options {
          guard let first = held.first(where: { $0.option == option.option && $0.value != option.value })
          else { continue }
          throw PolicyError(
            at: "detectors.\(PolicyError.plain(use.name.rawValue))",
            found: "\(option.option)=\(option.value), and \(option.option)=\(first.value) in "
              + PolicyError.quoted(other.name.rawValue),
            allowed: "one value of a socket's option")
        }
      }
    }
  }

  private func checkRule(_ rule: Rule, at place: String) throws(PolicyError) {
    try checkShape(rule, at: place, depth: 1)
    // Every rule is monotone. A rule that is not satisfied when all ballots lean to dead can never be satisfied.
    let plan = VotingPlan(rule: rule)
    guard plan.votesDead(whenAll: .dead) else {
      throw PolicyError(
        at: place, found: "a rule that can never come true", allowed: "a rule that some ballots satisfy")
    }
    guard !plan.votesDead(whenAll: .alive), !plan.votesDead(whenAll: .abstaining) else {
      throw PolicyError(
        at: place, found: "a rule that is true without a ballot for it", allowed: "a rule that needs one")
    }
  }

  private func checkShape(_ rule: Rule, at place: String, depth: Int) throws(PolicyError) {
    guard depth <= Policy.deepestRule else {
      throw PolicyError(
        at: place, found: "rules nested deeper than \(Policy.deepestRule)",
        allowed: "at most \(Policy.deepestRule) levels")
    }
    if case .detector(let name) = rule {
      let names = detectors.map(\.name)
      guard names.contains(name) else {
        throw PolicyError.unknown(
          "detector in a rule", name.rawValue, at: place, among: names.map(\.rawValue))
      }
    }
    for (key, value) in rule.members {
      try checkMember(value, of: rule, at: place, key: key)
    }
    let parts = rule.parts
    if let found = rule.shape?.combinator.repetition, let first = parts.first,
      parts.dropFirst().contains(first)
    {
      throw PolicyError(at: place, found: found, allowed: "two different rules")
    }
    for (name, part) in zip(rule.partNames, parts) {
      try checkShape(part, at: "\(place).\(name)", depth: depth + 1)
    }
  }

  /// Checks the value at a key of a combinator. A number always refers to the rules beside it: their count or their
  /// weights.
  private func checkMember(
    _ value: Rule.Member, of rule: Rule, at place: String, key: String
  ) throws(PolicyError) {
    switch value {
    case .rule: break
    case .rules(let rules): try checkCount(rules.count, at: place)
    case .weightedRules(let rules):
      try checkCount(rules.count, at: place)
      for (index, rule) in rules.enumerated() where !(rule.weight > 0 && rule.weight <= 1_000_000) {
        throw PolicyError(
          at: "\(place).\(key)[\(index)].weight", found: "\(rule.weight)",
          allowed: "a number above 0, at most 1000000")
      }
    case .integer(let count):
      let most = rule.parts.count
      try checkCount(most, at: place)
      guard (1...most).contains(count) else {
        throw PolicyError(
          at: "\(place).\(key)", found: "\(count) of \(most)",
          allowed: "from 1 to the number of rules, \(most)")
      }
    case .number(let threshold):
      let sum = rule.weights.reduce(0, +)
      guard threshold > 0, VotingPlan.reachable(threshold) <= sum else {
        throw PolicyError(
          at: "\(place).\(key)", found: "\(threshold)",
          allowed: "a number above 0, at most the sum of the weights, \(sum)")
      }
    case .duration(let duration): try checkDuration(duration, at: "\(place).\(key)")
    }
  }

  private func checkCount(_ count: Int, at place: String) throws(PolicyError) {
    guard count > 0 else {
      throw PolicyError(at: place, found: "an empty list", allowed: "at least one rule")
    }
  }

  private func checkDuration(_ duration: Duration, at place: String) throws(PolicyError) {
    let range: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    guard range.contains(duration) else {
      throw PolicyError(
        at: place, found: "\"\(DurationText.text(duration))\"", allowed: "a duration from 1ms to 24h")
    }
    // A policy file cannot hold a fraction of a nanosecond.
    guard duration == .nanoseconds(duration.clampedNanoseconds) else {
      throw PolicyError(at: place, found: "\(duration)", allowed: "whole nanoseconds")
    }
  }
}
