/// A policy's rules made ready for voting: names are seats (the detector's index in the policy), and each
/// rule that looks at time has its own place in a ``VoteMemory``.
///
/// The vote is a pure function of ballots, memory and time.
struct VotingPlan: Sendable {
  indirect enum Node: Sendable {
    case seat(Int)
    case atLeast(Int, [Node])
    case weighted(Double, [(node: Node, weight: Double)])
    case confirm(Node, by: Node, within: Duration, place: Int)
    case fallback(Node, to: Node)
    case unless(Node, alive: Node)
    case sustained(Node, for: Duration, place: Int)
  }

  let suspect: Node
  let dead: Node
  let halfClose: Policy.HalfClose
  let conclusive: Policy.Conclusive
  let seats: Int
  /// How many places of memory the rules need.
  let places: Int

  init(_ policy: Policy) {
    self.init(
      seats: policy.detectors.map(\.name), suspect: policy.suspect, dead: policy.dead,
      halfClose: policy.halfClose, conclusive: policy.conclusive)
  }

  /// A plan for one rule alone, to examine it.
  init(rule: Rule) {
    self.init(seats: rule.detectors, suspect: rule, dead: rule, halfClose: .dead, conclusive: .votes)
  }

  private init(
    seats names: [DetectorName], suspect: Rule, dead: Rule, halfClose: Policy.HalfClose,
    conclusive: Policy.Conclusive
  ) {
    var places = 0
    self.suspect = VotingPlan.node(suspect, names, &places)
    self.dead = VotingPlan.node(dead, names, &places)
    self.halfClose = halfClose
    self.conclusive = conclusive
    seats = names.count
    self.places = places
  }

  private static func node(_ rule: Rule, _ names: [DetectorName], _ places: inout Int) -> Node {
    switch rule {
    case .detector(let name):
      // A name without a seat is refused by the policy's checks; here it is a voter who never comes.
      return .seat(names.firstIndex(of: name) ?? -1)
    case .any(let rules):
      return .atLeast(1, rules.map { node($0, names, &places) })
    case .all(let rules):
      return .atLeast(rules.count, rules.map { node($0, names, &places) })
    case .atLeast(let count, let rules):
      return .atLeast(count, rules.map { node($0, names, &places) })
    case .weighted(let threshold, let rules):
      return .weighted(reachable(threshold), rules.map { (node($0.rule, names, &places), $0.weight) })
    case .confirm(let rule, let other, let duration):
      places += 1
      let place = places - 1
      return .confirm(
        node(rule, names, &places), by: node(other, names, &places), within: duration, place: place)
    case .fallback(let rule, let other):
      return .fallback(node(rule, names, &places), to: node(other, names, &places))
    case .unless(let rule, let other):
      return .unless(node(rule, names, &places), alive: node(other, names, &places))
    case .sustained(let rule, let duration):
      places += 1
      let place = places - 1
      return .sustained(node(rule, names, &places), for: duration, place: place)
    }
  }

  /// A threshold as sums in floating point reach it: 0.7 + 0.2 + 0.1 is a little less than 1.
  static func reachable(_ threshold: Double) -> Double { threshold * (1 - 1e-12) }

  /// Whether the rule comes to dead once ballots like these have stood for longer than any rule asks.
  func votesDead(whenAll leaning: Leaning) -> Bool {
    var memory = VoteMemory()
    let ballot = StandingBallot(Evidence(leaning, layer: .connection, at: MonotonicTime(nanoseconds: 0)))
    // Nested rules that look at time need one look each.
    for look in 0...min(places, Policy.deepestRule) {
      let now = MonotonicTime(nanoseconds: 1) + .seconds(1_000_000 * look)
      if decide(memory: &memory, now: now, ballot: { _ in ballot }).kind == .dead { return true }
      // What remembers nothing comes out the same next time.
      if memory.isEmpty { return false }
    }
    return false
  }
}
