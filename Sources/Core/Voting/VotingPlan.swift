/// A policy's rules made ready for voting: names are seats (the detector's index in the policy), and each
/// rule that looks at time has its own place in a ``VoteMemory``.
///
/// The vote is a pure function of ballots, memory and time.
package struct VotingPlan: Sendable {
  /// One rule of a tree that is laid out flat, each rule before its parts, so that a vote walks along memory.
  struct Node: BitwiseCopyable, Sendable {
    enum Kind: UInt8, BitwiseCopyable, Sendable {
      /// At least `count` of the seats, no parts.
      case seats
      /// At least `count` of the parts.
      case atLeast
      case weighted, confirm, fallback, unless, sustained
      /// A detector that has no seat.
      case nobody
    }

    var kind: Kind
    /// Where the next rule beside this one stands.
    var end: Int32 = 0
    var count: Int32 = 0
    /// In the memory, for rules that look at time.
    var place: Int32 = 0
    /// Every seat that the rule and its parts look at.
    var seats = SeatSet()
    /// What reaches the sum, for `weighted`; what the rule weighs as a part of one.
    var threshold = 0.0
    var weight = 0.0
    /// For `confirm` and `sustained`.
    var wait: Duration = .zero
  }

  /// The suspect rule and its parts, then the dead rule and its parts.
  private(set) var nodes: ContiguousArray<Node> = []
  let suspect: Int
  let dead: Int
  let halfClose: Policy.HalfClose
  let conclusive: Policy.Conclusive
  let seats: Int
  /// How many places of memory the rules need.
  private(set) var places = 0
  /// Whether the vote is for alive where nobody leans another way, as it is but for rules that ask for nobody. Only what
  /// leans to dead ever makes a rule dead, so that the rules of a healthy connection need not be walked.
  private(set) var isAliveUnlessAccused = false

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
    self.halfClose = halfClose
    self.conclusive = conclusive
    seats = names.count
    self.suspect = 0
    var nodes: ContiguousArray<Node> = []
    var places = 0
    VotingPlan.lay(suspect, names, &nodes, &places)
    self.dead = nodes.count
    VotingPlan.lay(dead, names, &nodes, &places)
    self.nodes = nodes
    self.places = places
    var memory = VoteMemory()
    let decision = decide(memory: &memory, now: MonotonicTime(nanoseconds: 0)) { _ in .none }
    isAliveUnlessAccused = decision.kind == .alive && memory.isEmpty
  }

  /// Lays a rule and its parts out at the end of `nodes`.
  private static func lay(
    _ rule: Rule, _ names: [DetectorName], _ nodes: inout ContiguousArray<Node>, _ places: inout Int
  ) {
    let index = nodes.count
    nodes.append(node(rule, names))
    if nodes[index].kind == .confirm || nodes[index].kind == .sustained {
      nodes[index].place = Int32(clamping: places)
      places += 1
    }
    if nodes[index].kind != .seats {
      for (number, part) in rule.parts.enumerated() {
        let partIndex = nodes.count
        lay(part, names, &nodes, &places)
        if case .weighted(_, let rules) = rule { nodes[partIndex].weight = rules[number].weight }
        nodes[index].seats.formUnion(nodes[partIndex].seats)
      }
    }
    nodes[index].end = Int32(clamping: nodes.count)
  }

  /// A rule without its parts, unless they are seats alone.
  private static func node(_ rule: Rule, _ names: [DetectorName]) -> Node {
    switch rule {
    case .detector, .any, .all, .atLeast:
      let count = Int32(clamping: rule.leastDead)
      guard let seats = seats(of: rule, names) else {
        // A name without a seat is refused by the policy's checks; here it is a voter who never comes.
        if case .detector = rule { return Node(kind: .nobody) }
        return Node(kind: .atLeast, count: count)
      }
      return Node(kind: .seats, count: count, seats: seats)
    case .weighted(let threshold, _): return Node(kind: .weighted, threshold: reachable(threshold))
    case .confirm(_, _, let duration): return Node(kind: .confirm, wait: duration)
    case .fallback: return Node(kind: .fallback)
    case .unless: return Node(kind: .unless)
    case .sustained(_, let duration): return Node(kind: .sustained, wait: duration)
    }
  }

  /// The seats of a rule that counts detectors, each once; `nil` for any other.
  private static func seats(of rule: Rule, _ names: [DetectorName]) -> SeatSet? {
    var set = SeatSet()
    var parts = rule.parts
    if case .detector = rule { parts = [rule] }
    for part in parts {
      guard case .detector(let name) = part, let seat = names.firstIndex(of: name), seat < 64,
        !set.contains(seat)
      else { return nil }
      set.insert(seat)
    }
    return set
  }

  /// A threshold as sums in floating point reach it: 0.7 + 0.2 + 0.1 is a little less than 1.
  package static func reachable(_ threshold: Double) -> Double { threshold * (1 - 1e-12) }

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

extension Rule {
  /// How many of its parts must be dead, for a rule that counts them.
  fileprivate var leastDead: Int {
    switch self {
    case .all(let rules): rules.count
    case .atLeast(let count, _): count
    default: 1
    }
  }
}
