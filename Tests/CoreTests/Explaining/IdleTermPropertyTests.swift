import FlatlineTestKit
import Testing

@testable import FlatlineCore
@testable import FlatlineExplaining

/// What the search says of random rules, against the vote itself.
struct IdleTermPropertyTests {
  /// A rule in which the parts at some places are another one.
  private func replacing(_ rule: Rule, at place: String, _ substitutes: [String: Rule]) -> Rule {
    if let substitute = substitutes[place] { return substitute }
    let parts = zip(rule.partNames, rule.parts).map { replacing($1, at: "\(place).\($0)", substitutes) }
    switch rule {
    case .detector: return rule
    case .any: return .any(parts)
    case .all: return .all(parts)
    case .atLeast(let count, _): return .atLeast(count, of: parts)
    case .weighted(let threshold, let rules):
      return .weighted(threshold: threshold, zip(parts, rules).map { WeightedRule($0, weight: $1.weight) })
    case .confirm(_, _, let period): return .confirm(parts[0], by: parts[1], within: period)
    case .fallback: return .fallback(parts[0], to: parts[1])
    case .unless: return .unless(parts[0], alive: parts[1])
    case .sustained(_, let duration): return .sustained(parts[0], for: duration)
    case .recent(_, let duration): return .recent(parts[0], for: duration)
    case .majority: return .majority(parts)
    case .suspicious: return .suspicious(parts[0])
    }
  }

  private func substitutes(_ search: IdleTermSearch) -> [String: Rule] {
    search.substitutes.mapValues { .detector(Self.constants[Int($0.rawValue)]) }
  }

  private func places(_ rule: Rule, at place: String) -> [String] {
    zip(rule.partNames, rule.parts).flatMap { ["\(place).\($0)"] + places($1, at: "\(place).\($0)") }
  }

  /// Detectors that always say the same, to stand in a term's place.
  private static let constants: [DetectorName] = ["always-alive", "never", "always-dead"]
  private static let names: [DetectorName] = ["d0", "d1", "d2"]

  private func run(_ dead: Rule) -> VoteRun {
    let names = Self.names + Self.constants
    var run = VoteRun(
      Policy(
        name: "p", conclusive: .votes, detectors: names.map { DetectorUse($0) }, suspect: "never", dead: dead)
    )
    run.ballots = ["always-alive": .test(.alive), "always-dead": .test(.dead)]
    return run
  }

  private static let tuples: [[Leaning]] = {
    let all: [Leaning] = [.alive, .abstaining, .suspicious, .dead]
    return all.flatMap { a in all.flatMap { b in all.map { c in [a, b, c] } } }
  }()

  /// For one tuple of ballots after another, in a random order and with random pauses: is the rule dead, and who is
  /// challenged?
  private func history(
    _ rule: Rule, _ steps: [(time: Int, ballots: [Leaning])]
  ) -> (isDead: [Bool], challenged: [[DetectorName]]) {
    var run = run(rule)
    var isDead: [Bool] = []
    var challenged: [[DetectorName]] = []
    for step in steps {
      for (name, leaning) in zip(Self.names, step.ballots) { run.ballots[name] = .test(leaning) }
      let decision = run.decide(step.time)
      isDead.append(decision.kind == .dead)
      challenged.append(run.names(of: decision.challenged).filter { !Self.constants.contains($0) })
    }
    return (isDead, challenged)
  }

  private func random(_ seed: Int, timed: Bool) -> (Rule, SeededGenerator) {
    var random = SeededGenerator(seed: UInt64(seed) + 11_000)
    while true {
      let rule = random.rule(over: Self.names, depth: 4, timed: timed)
      let policy = Policy(
        name: "p", detectors: Self.names.map { DetectorUse($0) }, suspect: rule, dead: rule)
      if (try? policy.validate(with: .puppets)) != nil { return (rule, random) }
    }
  }

  /// Removing every idle term changes no vote of any history, and no challenge before a death.
  @Test(arguments: 0..<200)
  func removingIdleTermsChangesNothing(seed: Int) {
    var (rule, random) = random(seed, timed: true)
    let search = IdleTermSearch(rule, at: "dead", isFinal: false)
    guard !search.idleTerms.isEmpty else { return }
    let reduced = replacing(rule, at: "dead", substitutes(search))
    for _ in 0..<4 {
      var time = 0
      let steps = (0..<80).map { _ in
        time += Int.random(in: 1...120, using: &random)
        return (time, random.pick(Self.tuples))
      }
      let (expected, found) = (history(rule, steps), history(reduced, steps))
      #expect(found.isDead == expected.isDead, "\(rule.text): \(search.idleTerms)")
      #expect(found.challenged == expected.challenged, "\(rule.text): \(search.idleTerms)")
    }
  }

  /// Of a term that is not named, some tuple of ballots shows that no vote can stand in its place.
  @Test(arguments: 0..<200)
  func everyOtherTermHasAWitness(seed: Int) {
    let (rule, _) = random(seed, timed: false)
    let search = IdleTermSearch(rule, at: "dead", isFinal: true)
    let idle = search.idleTerms.map(\.place)
    // The idle terms out of the way.
    let reduced = substitutes(search)
    func verdicts(_ rule: Rule) -> [Bool] {
      Self.tuples.map { history(rule, [(1, $0)]).isDead[0] }
    }
    let expected = verdicts(rule)
    #expect(verdicts(replacing(rule, at: "dead", reduced)) == expected, "\(rule.text) \(idle)")
    for place in places(rule, at: "dead") {
      guard !idle.contains(where: { place == $0 || place.hasPrefix($0 + ".") }) else { continue }
      for constant in Self.constants {
        let changed = replacing(
          rule, at: "dead", reduced.merging([place: .detector(constant)]) { first, _ in first })
        #expect(verdicts(changed) != expected, "\(rule.text) \(place) \(constant)")
      }
    }
  }

  /// The reason why a rule that its shape allows can come true: no ballots come nearer to dead than those that are all
  /// dead. What the checks refuse by this one tuple, they refuse by all.
  @Test(arguments: 0..<100)
  func aRuleThatAllDeadDoNotSatisfyIsSatisfiedByNobody(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) + 12_000)
    for _ in 0..<20 {
      let rule = random.rule(over: Self.names, depth: 4, timed: false)
      let isReachable = Self.tuples.contains { history(rule, [(1, $0)]).isDead[0] }
      #expect(VotingPlan(rule: rule).votesDead(whenAll: .dead) == isReachable, "\(rule.text)")
      // The same where one detector never says dead.
      let plan = VotingPlan(rule: rule)
      let names = rule.detectors
      let withoutFirst = Self.tuples.contains { $0[0] != .dead && history(rule, [(1, $0)]).isDead[0] }
      let found = plan.votesDead { names[$0] == Self.names[0] ? .suspicious : .dead }
      #expect(found == withoutFirst, "\(rule.text)")
    }
  }
}
