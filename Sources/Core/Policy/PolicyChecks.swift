extension Policy {
  /// Rules nested deeper than this are refused: no vote needs them, and every walk over rules is recursive.
  public static let deepestRule = 64
  /// The most detectors one policy may use.
  public static let mostDetectors = 64

  /// Checks the policy against the detectors there are, and makes those it uses.
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
      guard let type = registry[use.name] else {
        throw PolicyError.unknown(
          "detector", use.name.rawValue, at: "detectors", among: registry.names.map(\.rawValue))
      }
      made.append(try registry.make(use, type: type))
    }
    return made
  }

  private func checkRule(_ rule: Rule, at place: String) throws(PolicyError) {
    try checkShape(rule, at: place, depth: 1)
    // Every rule is monotone, so ballots that are all dead come nearest to dead: a rule that even these do
    // not satisfy can never be, whatever happens.
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
    switch rule {
    case .detector(let name):
      let names = detectors.map(\.name)
      guard names.contains(name) else {
        throw PolicyError.unknown(
          "detector in a rule", name.rawValue, at: place, among: names.map(\.rawValue))
      }
    case .any(let rules), .all(let rules):
      try checkCount(rules, at: place)
    case .atLeast(let count, let rules):
      try checkCount(rules, at: place)
      guard (1...rules.count).contains(count) else {
        throw PolicyError(
          at: "\(place).atLeast", found: "\(count) of \(rules.count)",
          allowed: "from 1 to the number of rules, \(rules.count)")
      }
    case .weighted(let threshold, let rules):
      try checkCount(rules.map(\.rule), at: place)
      for (index, rule) in rules.enumerated() where !(rule.weight > 0 && rule.weight <= 1_000_000) {
        throw PolicyError(
          at: "\(place).weighted[\(index)].weight", found: "\(rule.weight)",
          allowed: "a number above 0, at most 1000000")
      }
      let sum = rules.reduce(0) { $0 + $1.weight }
      guard threshold > 0, VotingPlan.reachable(threshold) <= sum else {
        throw PolicyError(
          at: "\(place).threshold", found: "\(threshold)",
          allowed: "a number above 0, at most the sum of the weights, \(sum)")
      }
    case .confirm(let first, let second, let duration):
      try checkDifferent(first, second, at: place, "a rule confirmed by itself")
      try checkDuration(duration, at: "\(place).within")
    case .fallback(let first, let second):
      try checkDifferent(first, second, at: place, "a rule that falls back to itself")
    case .unless(let first, let second):
      try checkDifferent(first, second, at: place, "a rule vetoed by itself")
    case .sustained(_, let duration):
      try checkDuration(duration, at: "\(place).for")
    }
    for (index, part) in rule.parts.enumerated() {
      try checkShape(part, at: "\(place).\(rule.partName(index))", depth: depth + 1)
    }
  }

  private func checkCount(_ rules: [Rule], at place: String) throws(PolicyError) {
    guard !rules.isEmpty else {
      throw PolicyError(at: place, found: "an empty list", allowed: "at least one rule")
    }
  }

  private func checkDifferent(
    _ first: Rule, _ second: Rule, at place: String, _ found: String
  ) throws(PolicyError) {
    guard first != second else { throw PolicyError(at: place, found: found, allowed: "two different rules") }
  }

  private func checkDuration(_ duration: Duration, at place: String) throws(PolicyError) {
    let range: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    guard range.contains(duration) else {
      throw PolicyError(
        at: place, found: "\"\(DurationText.text(duration))\"", allowed: "a duration from 1ms to 24h")
    }
    // Less could not be written to a file.
    guard duration == .nanoseconds(duration.clampedNanoseconds) else {
      throw PolicyError(at: place, found: "\(duration)", allowed: "whole nanoseconds")
    }
  }
}
