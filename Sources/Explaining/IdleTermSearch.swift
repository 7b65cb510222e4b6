import FlatlineCore

/// Finds the terms of a rule that can change no verdict, nor the time of one.
///
/// A term is idle if one and the same vote can stand in its place in every state of the rule (``RuleStates``) without a
/// change. What could change:
/// - whether the rule is dead;
/// - which ``Rule/confirm(_:by:within:)`` challenges, because a challenged detector answers at once instead of at its
///   next sample. Once a death is announced, no answer matters.
///
/// A sustained rule counts from the moment since which its part is dead. A term inside that part is therefore idle only
/// if the part itself never changes.
///
/// Every term that is found stays replaced while the search goes on: all of them can be removed together.
struct IdleTermSearch {
  /// What is compared, of one state.
  private struct Outcome: Equatable {
    var isDead: Bool
    /// The confirming rules that challenge, equal ones as one.
    var challenges: UInt64
  }

  /// One place in which a term may matter: the whole rule, or the part of a sustained rule.
  private struct Root {
    let node: Int
    let states: RuleStates
    /// Of each state.
    var outcomes: [Outcome] = []
  }

  /// About the most nodes that are visited for one rule, so that a search lasts for a second at most.
  static let mostVisits = 20_000_000

  private(set) var idleTerms: [IdleTerm] = []
  /// Rules with too many states to go through.
  private(set) var unsearched: [String] = []

  private let isFinal: Bool
  private let unable: SeatSet
  private var plan: VotingPlan
  /// The rule of each node, and where it stands.
  private var rules: [Rule] = []
  private var places: [String] = []
  /// Where in the memory each confirming rule is, and its number among those that differ.
  private var challenges: [(place: Int, number: Int)] = []

  /// - Parameters:
  ///   - rule: a rule that the policy's checks accept.
  ///   - place: where it stands.
  ///   - isFinal: whether it ends the watch when it comes to dead.
  ///   - unable: detectors that never lean to dead as the rule counts it.
  init(_ rule: Rule, at place: String, isFinal: Bool, unable: Set<DetectorName> = []) {
    let names = rule.detectors
    var seats = SeatSet()
    for (seat, name) in names.enumerated() where unable.contains(name) { seats.insert(seat) }
    self.unable = seats
    self.isFinal = isFinal
    plan = VotingPlan(terms: rule, seats: names)
    collect(rule, at: place)
    var numbers: [Rule: Int] = [:]
    for (index, node) in plan.nodes.enumerated() where node.kind.remembers == .challenge {
      let number = numbers[rules[index], default: numbers.count]
      numbers[rules[index]] = number
      challenges.append((Int(node.place), number))
    }
    guard numbers.count <= UInt64.bitWidth else {
      unsearched = [place]
      return
    }
    search(partOf: 0)
    idleTerms.reverse()
  }

  private mutating func collect(_ rule: Rule, at place: String) {
    rules.append(rule)
    places.append(place)
    for (name, part) in zip(rule.partNames, rule.parts) { collect(part, at: "\(place).\(name)") }
  }

  /// Searches below a node that is a rule of its own in time.
  private mutating func search(partOf node: Int) {
    let states = RuleStates(of: node, in: plan, terms: rules, unable: unable)
    let size = Int(plan.nodes[node].end) - node
    guard let count = states.count, size <= IdleTermSearch.mostVisits / size / count else {
      unsearched.append(places[node])
      return
    }
    var root = Root(node: node, states: states)
    root.outcomes = (0..<count).map { outcome(plan, root, $0) }
    search(below: node, of: root)
  }

  /// The last first: of two equal terms it is the later that is named.
  private mutating func search(below node: Int, of root: Root) {
    var parts: [Int] = []
    var part = node + 1
    while part < Int(plan.nodes[node].end) {
      parts.append(part)
      part = Int(plan.nodes[part].end)
    }
    for part in parts.reversed() {
      if plan.nodes[node].kind.remembers == .start {
        search(partOf: part)
      } else if let vote = substitute(for: part, of: root) {
        plan = plan.replacing(part, by: vote)
        idleTerms.append(
          IdleTerm(at: places[part], rules[part].text, reason: "changes no verdict, nor the time of one"))
      } else {
        search(below: part, of: root)
      }
    }
  }

  /// The vote that can stand in a term's place; `nil` if the term matters.
  private func substitute(for term: Int, of root: Root) -> Vote? {
    [Vote.alive, .abstain, .dead].first { vote in
      let changed = plan.replacing(term, by: vote)
      return root.outcomes.indices.allSatisfy { outcome(changed, root, $0) == root.outcomes[$0] }
    }
  }

  private func outcome(_ plan: VotingPlan, _ root: Root, _ state: Int) -> Outcome {
    var (opinions, memory) = root.states[state]
    let vote = plan.vote(of: root.node, opinions, &memory, now: RuleStates.now)
    var outcome = Outcome(isDead: vote == .dead, challenges: 0)
    guard !(isFinal && root.node == 0 && outcome.isDead) else { return outcome }
    for challenge in challenges where memory[challenge.place] != .never {
      outcome.challenges |= 1 << UInt64(challenge.number)
    }
    return outcome
  }
}
