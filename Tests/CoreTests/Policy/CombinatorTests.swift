import FlatlinePolicyFiles
import Testing

@testable import FlatlineCore

/// The table of combinators: what stands at the keys of each, and back.
struct CombinatorTests {
  /// Gives what the members of a rule say, and notes which keys were asked for.
  private final class Members: RuleSource {
    let members: [String: Rule.Member]
    private(set) var asked: Set<String> = []

    init(_ rule: Rule) {
      members = Dictionary(rule.members.map { ($0.key, $0.value) }) { first, _ in first }
    }

    private func value<Value>(
      _ key: String, _ read: (Rule.Member) -> Value?
    ) throws(PolicyError) -> Value {
      asked.insert(key)
      guard let value = members[key].flatMap(read) else {
        throw PolicyError(at: key, found: "another kind, or nothing", allowed: "\(Value.self)")
      }
      return value
    }

    func rule(_ key: String) throws(PolicyError) -> Rule {
      try value(key) { if case .rule(let rule) = $0 { rule } else { nil } }
    }
    func rules(_ key: String) throws(PolicyError) -> [Rule] {
      try value(key) { if case .rules(let rules) = $0 { rules } else { nil } }
    }
    func weightedRules(_ key: String) throws(PolicyError) -> [WeightedRule] {
      try value(key) { if case .weightedRules(let rules) = $0 { rules } else { nil } }
    }
    func integer(_ key: String) throws(PolicyError) -> Int {
      try value(key) { if case .integer(let integer) = $0 { integer } else { nil } }
    }
    func number(_ key: String) throws(PolicyError) -> Double {
      try value(key) { if case .number(let number) = $0 { number } else { nil } }
    }
    func duration(_ key: String) throws(PolicyError) -> Duration {
      try value(key) { if case .duration(let duration) = $0 { duration } else { nil } }
    }
  }

  private static let samples: [Rule] = [
    .any(["d0", "d1"]), .all(["d0", "d1"]), .atLeast(2, of: ["d0", "d1", "d2"]),
    .weighted(threshold: 1.5, [WeightedRule("d0", weight: 1), WeightedRule("d1", weight: 2)]),
    .confirm("d0", by: "d1", within: .milliseconds(50)), .fallback("d0", to: "d1"),
    .unless("d0", alive: "d1"), .sustained("d0", for: .seconds(1)), .recent("d0", for: .seconds(1)),
    .majority(["d0", "d1"]), .suspicious("d0"),
  ]

  @Test func everyCombinatorHasASample() {
    #expect(Self.samples.compactMap { $0.shape?.combinator } == Combinator.allCases)
  }

  @Test(arguments: samples)
  func aRuleIsMadeAgainOfItsMembers(rule: Rule) throws {
    let combinator = try #require(rule.shape?.combinator)
    let source = Members(rule)
    #expect(try Rule(combinator, from: source) == rule)
    #expect(rule.members.map(\.key) == combinator.keys)
    #expect(rule.members.count == rule.shape?.members.count)
    #expect(source.asked == Set(combinator.keys))
    #expect(combinator.keys.contains(combinator.rawValue))
    #expect(rule.partNames.count == rule.parts.count)
  }

  /// A file with one combinator's head is never read as another one.
  @Test func headsAreDistinct() {
    for one in Combinator.allCases {
      for other in Combinator.allCases where other != one {
        #expect(!one.keys.contains(other.rawValue), "\(one) \(other)")
      }
    }
  }

  @Test(arguments: samples)
  func theTextOfARuleIsWhatAFileSpells(rule: Rule) throws {
    let text = "{detectors: {d0: {}, d1: {}, d2: {}}, suspect: \(rule.text), dead: \(rule.text)}"
    let policy = try Policy(json: Array(text.utf8), registry: .puppets)
    #expect(policy.dead == rule)
    #expect(!rule.text.contains("\n"))
  }
}
