import Flatline
import FlatlineTestKit
import Testing

/// A policy printed and read back is the same policy.
struct RoundTripTests {
  private static let texts = [
    "", "plain", "größer als \"das\"", "日本語のポリシー", "👩‍👩‍👧‍👦 family", "tab\tnew\nline\u{0} and \u{1F}",
    "\\/ // not a comment /* */",
    "\u{2028}\u{2029}\u{85}", "\u{202E}right to left", "'single'", "e\u{301} and \u{E9}", "{[({[",
  ]

  private func settings(_ random: inout SeededGenerator) -> [String: SettingValue] {
    var settings: [String: SettingValue] = [:]
    if random.chance(50) {
      settings["wait"] = .duration(.nanoseconds(Int64.random(in: 0...3_600_000_000_000, using: &random)))
    }
    if random.chance(50) { settings["count"] = .integer(Int.random(in: -5...15, using: &random)) }
    if random.chance(50) {
      let numbers = [0, -0.0, 0.1, 1.0 / 3, 1e-300, 999.999_999_999_999_9, .leastNonzeroMagnitude, 1000]
      settings["level"] = .number(
        random.chance(50) ? random.pick(numbers) : .random(in: -1...1000, using: &random))
    }
    if random.chance(50) { settings["on"] = .flag(random.chance(50)) }
    if random.chance(50) { settings["mode"] = .text(random.pick(["plain", "größer", "\"quoted\"\n"])) }
    if random.chance(50) {
      settings["place"] = .text(
        random.pick(["", "http://x/?q='\"'", "\\path // no comment", "e\u{301} \u{E9} {[("]))
    }
    return settings
  }

  @Test(arguments: 0..<30)
  func randomPoliciesReadBackEqual(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed) + 6000)
    for _ in 0..<20 {
      let base = random.policy(detectors: Int.random(in: 1...5, using: &random), depth: 5)
      let policy = Policy(
        name: random.pick(Self.texts), summary: random.pick(Self.texts), halfClose: base.halfClose,
        conclusive: base.conclusive,
        detectors: base.detectors.map { DetectorUse($0.name, settings(&random)) }.shuffled(using: &random),
        suspect: base.suspect, dead: base.dead
      )
      .renaming(
        random.chance(50) ? ["d0": .init(rawValue: random.pick(Self.texts) + "!"), "d1": "slow"] : [:])
      let text = policy.json
      let read = try Policy(json: Array(text.utf8), registry: .puppets)
      #expect(read == policy)
      #expect(read.json == text)
    }
  }

  @Test(arguments: NamedPolicies.all)
  func namedPoliciesReadBackEqual(policy: Policy) throws {
    #expect(try Policy(json: Array(policy.json.utf8), registry: .builtIn) == policy)
    #expect(policy.json.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
    #expect(!policy.summary.isEmpty)
  }

  @Test func theDeepestAllowedRulesReadBackEqual() throws {
    let wraps: [(Rule) -> Rule] = [
      { .any([$0]) }, { .all([$0]) }, { .atLeast(1, of: [$0]) }, { .unless($0, alive: "d1") },
      { .weighted(threshold: 1, [WeightedRule($0, weight: 1)]) }, { .sustained($0, for: .seconds(1)) },
      { .confirm($0, by: "d1", within: .seconds(1)) }, { .fallback($0, to: "d1") },
      { .recent($0, for: .seconds(1)) }, { .majority([$0]) }, { .suspicious($0) },
    ]
    for wrap in wraps {
      var rule = Rule.detector("d0")
      for _ in 1..<Policy.deepestRule { rule = wrap(rule) }
      let policy = Policy(
        name: "deep", detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: rule, dead: rule)
      try policy.validate(with: .puppets)
      #expect(try Policy(json: Array(policy.json.utf8), registry: .puppets) == policy)
    }
  }

  /// What a file cannot hold exactly is refused before it is written.
  @Test func partsOfANanosecondAreRefused() throws {
    let third = Duration.seconds(1) / 3
    for rule in [
      Rule.sustained("d0", for: third), .confirm("d0", by: "d1", within: third), .recent("d0", for: third),
    ] {
      let policy = Policy(
        name: "p", detectors: [DetectorUse("d0"), DetectorUse("d1")], suspect: "d0", dead: rule)
      let error = #expect(throws: PolicyError.self) { try policy.validate(with: .puppets) }
      #expect(error?.description.contains("whole nanoseconds") == true, "\(String(describing: error))")
    }
  }

  @Test func weightsAndTimesAreExact() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      let weights = (0..<3).map { _ in Double.random(in: 1e-6...1_000_000, using: &random) }
      let time = Duration.nanoseconds(Int64.random(in: 1_000_000...86_400_000_000_000, using: &random))
      let rule = Rule.sustained(
        .weighted(threshold: weights[0], weights.map { WeightedRule("d0", weight: $0) }), for: time)
      let policy = Policy(name: "p", detectors: [DetectorUse("d0")], suspect: rule, dead: rule)
      #expect(try Policy(json: Array(policy.json.utf8), registry: .puppets) == policy)
    }
  }
}
