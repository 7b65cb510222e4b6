import FlatlineCore
import FlatlineTestKit

extension SeededGenerator {
  /// A rule over `names`, of every combinator, nested at most `depth` deep. `timed` allows those that remember.
  mutating func rule(over names: [DetectorName], depth: Int, timed: Bool = true) -> Rule {
    guard depth > 1, chance(80) else { return .detector(pick(names)) }
    func part(_ generator: inout SeededGenerator) -> Rule {
      generator.rule(over: names, depth: depth - 1, timed: timed)
    }
    let parts = (0..<Int.random(in: 1...3, using: &self)).map { _ in part(&self) }
    let time = Duration.milliseconds(Int.random(in: 1...40, using: &self) * 10)
    switch Int.random(in: 0..<(timed ? 11 : 8), using: &self) {
    case 0: return .any(parts)
    case 1: return .all(parts)
    case 2: return .atLeast(Int.random(in: 1...parts.count, using: &self), of: parts)
    case 3:
      // Eighths, whose sums are exact in every order.
      let weighted = parts.map { WeightedRule($0, weight: Double(Int.random(in: 1...16, using: &self)) / 8) }
      let eighths = Int(weighted.reduce(0) { $0 + $1.weight } * 8)
      return .weighted(threshold: Double(Int.random(in: 1...eighths, using: &self)) / 8, weighted)
    case 4: return .fallback(parts[0], to: part(&self))
    case 5: return .unless(parts[0], alive: part(&self))
    case 6: return .majority(parts)
    case 7: return .suspicious(parts[0])
    case 8: return .confirm(parts[0], by: part(&self), within: time)
    case 9: return .recent(parts[0], for: time)
    default: return .sustained(parts[0], for: time)
    }
  }

  /// A policy over the puppets `d0`, `d1`, …, whose rules the checks accept.
  mutating func policy(detectors count: Int, depth: Int, timed: Bool = true) -> Policy {
    let names = (0..<count).map { DetectorName(rawValue: "d\($0)") }
    while true {
      let policy = Policy(
        name: "random", halfClose: chance(50) ? .dead : .halfClosed, conclusive: chance(50) ? .wins : .votes,
        detectors: names.map { DetectorUse($0) }, suspect: rule(over: names, depth: depth, timed: timed),
        dead: rule(over: names, depth: depth, timed: timed))
      if (try? policy.validate(with: .puppets)) != nil { return policy }
    }
  }
}

extension Rule {
  /// The same rule with the parts of its commutative combinators in another order.
  func shuffled(using generator: inout SeededGenerator) -> Rule {
    func each(_ rules: [Rule], _ generator: inout SeededGenerator) -> [Rule] {
      rules.map { $0.shuffled(using: &generator) }.shuffled(using: &generator)
    }
    switch self {
    case .detector: return self
    case .any(let rules): return .any(each(rules, &generator))
    case .all(let rules): return .all(each(rules, &generator))
    case .atLeast(let count, let rules): return .atLeast(count, of: each(rules, &generator))
    case .weighted(let threshold, let rules):
      let mixed = rules.map { WeightedRule($0.rule.shuffled(using: &generator), weight: $0.weight) }
      return .weighted(threshold: threshold, mixed.shuffled(using: &generator))
    case .confirm(let first, let second, let within):
      return .confirm(
        first.shuffled(using: &generator), by: second.shuffled(using: &generator), within: within)
    case .fallback(let first, let second):
      return .fallback(first.shuffled(using: &generator), to: second.shuffled(using: &generator))
    case .unless(let first, let second):
      return .unless(first.shuffled(using: &generator), alive: second.shuffled(using: &generator))
    case .sustained(let rule, let duration):
      return .sustained(rule.shuffled(using: &generator), for: duration)
    case .recent(let rule, let duration): return .recent(rule.shuffled(using: &generator), for: duration)
    case .majority(let rules): return .majority(each(rules, &generator))
    case .suspicious(let rule): return .suspicious(rule.shuffled(using: &generator))
    }
  }

  /// The detectors inside a ``Rule/suspicious(_:)``.
  var hinting: Set<DetectorName> {
    if case .suspicious(let rule) = self { return Set(rule.detectors) }
    return parts.reduce(into: []) { $0.formUnion($1.hinting) }
  }

  /// The same rule with some of the rules inside it in a ``Rule/recent(_:for:)``.
  func withRecentParts(using generator: inout SeededGenerator) -> Rule {
    let rule = mapParts { $0.withRecentParts(using: &generator) }
    return generator.chance(30) ? .recent(rule, for: .milliseconds(200)) : rule
  }

  /// The same rule with other names.
  func renaming(_ names: [DetectorName: DetectorName]) -> Rule {
    if case .detector(let name) = self { return .detector(names[name] ?? name) }
    return mapParts { $0.renaming(names) }
  }

  /// The same combinator with other parts.
  func mapParts(_ part: (Rule) -> Rule) -> Rule {
    switch self {
    case .detector: self
    case .any(let rules): .any(rules.map(part))
    case .all(let rules): .all(rules.map(part))
    case .atLeast(let count, let rules): .atLeast(count, of: rules.map(part))
    case .weighted(let threshold, let rules):
      .weighted(threshold: threshold, rules.map { WeightedRule(part($0.rule), weight: $0.weight) })
    case .confirm(let first, let second, let within):
      .confirm(part(first), by: part(second), within: within)
    case .fallback(let first, let second): .fallback(part(first), to: part(second))
    case .unless(let first, let second): .unless(part(first), alive: part(second))
    case .sustained(let rule, let duration): .sustained(part(rule), for: duration)
    case .recent(let rule, let duration): .recent(part(rule), for: duration)
    case .majority(let rules): .majority(rules.map(part))
    case .suspicious(let rule): .suspicious(part(rule))
    }
  }
}

extension Policy {
  /// The same policy whose detectors have other names, some their own.
  func renaming(_ names: [DetectorName: DetectorName]) -> Policy {
    Policy(
      name: name, summary: summary, halfClose: halfClose, conclusive: conclusive,
      detectors: detectors.map { $0.named(names[$0.name] ?? $0.name) }, suspect: suspect.renaming(names),
      dead: dead.renaming(names))
  }
}
