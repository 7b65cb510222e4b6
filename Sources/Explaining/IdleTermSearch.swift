import FlatlineCore

/// Finds the terms of a rule that can change no verdict, nor the time of one.
///
/// A term is idle if one fixed vote can replace it in every state of the rule (``RuleStates``) without a change of:
/// - whether the rule is dead;
/// - which ``Rule/confirm(_:by:within:)`` challenges. A challenged detector answers at once instead of at its next
///   sample. After an announced death no answer matters.
///
/// A sustained rule counts from the moment at which its part became dead, a recent one from the moment at which it
/// ceased to be. A term inside that part is therefore idle only if the part itself never changes.
///
/// Every idle term stays replaced while the search goes on: all of them can be removed together.
struct IdleTermSearch {
  /// The values that are compared, for one state.
  private struct Outcome: Equatable {
    /// Whether the whole rule is dead. Of a part with a clock, its vote: the rules around it see that.
    var vote: Vote
    /// The confirming rules that challenge; equal ones count as one. The highest bit is set if a rule no longer asks
    /// all detectors that it asked before any replacement.
    var challenges: UInt64
  }

  /// A confirming rule.
  private struct Challenge {
    /// Its place in the memory.
    let place: Int
    /// Its number among the rules that differ.
    let number: Int
    /// The node of the rule that confirms.
    let asked: Int
    let detectors: DetectorSet
  }

  /// One place in which a term may matter: the whole rule, or the part of a rule with a clock.
  private struct Root {
    let node: Int
    let states: RuleStates
    /// One for each state.
    var outcomes: [Outcome] = []
  }

  /// Approximate number of nodes that may still be visited: a search lasts for a second at most.
  private var remainingVisits = 20_000_000

  /// In the order of their places.
  var idleTerms: [PolicyTerm] {
    idle.keys.sorted().map {
      PolicyTerm(at: places[$0], rules[$0].text, reason: "changes no verdict, nor the time of one")
    }
  }
  /// The vote that replaces each idle term, by place.
  var substitutes: [String: Vote] {
    idle.reduce(into: [:]) { $0[places[$1.key]] = $1.value }
  }
  /// Rules with too many states to go through.
  private(set) var unsearched: [String] = []

  private let isFinal: Bool
  private let unable: DetectorSet
  private let muted: DetectorSet
  private var plan: VotingPlan
  /// The nodes of the idle terms, and the vote that replaces each.
  private var idle: [Int: Vote] = [:]
  /// The rule of each node, and its place.
  private var rules: [Rule] = []
  private var places: [String] = []
  private var challenges: [Challenge] = []

  /// - Parameters:
  ///   - rule: a rule that the policy's checks accept.
  ///   - place: where it stands.
  ///   - isFinal: whether it ends the watch when it comes to dead.
  ///   - unable: detectors that never lean to dead as the rule counts it.
  ///   - muted: detectors that never lean to suspicious, or whose leaning to it counts as dead everywhere.
  init(
    _ rule: Rule, at place: String, isFinal: Bool, unable: Set<DetectorName> = [],
    muted: Set<DetectorName> = []
  ) {
    let names = rule.detectors
    self.unable = DetectorSet(of: names) { unable.contains($0) }
    self.muted = DetectorSet(of: names) { muted.contains($0) }
    self.isFinal = isFinal
    plan = VotingPlan(terms: rule, detectors: names)
    collect(rule, at: place)
    var numbers: [Rule: Int] = [:]
    for (index, node) in plan.nodes.enumerated() where node.kind.remembers == .challenge {
      let number = numbers[rules[index], default: numbers.count]
      numbers[rules[index]] = number
      let asked = plan.parts(of: index)[1]
      challenges.append(
        Challenge(
          place: Int(node.place), number: number, asked: asked, detectors: plan.nodes[asked].detectors))
    }
    guard numbers.count < UInt64.bitWidth else {
      unsearched = [place]
      return
    }
    search(partOf: 0)
  }

  private mutating func collect(_ rule: Rule, at place: String) {
    rules.append(rule)
    places.append(place)
    for (name, part) in zip(rule.partNames, rule.parts) { collect(part, at: "\(place).\(name)") }
  }

  /// Searches below a node that is a rule of its own in time.
  private mutating func search(partOf node: Int) {
    let states = RuleStates(of: node, in: plan, terms: rules, unable: unable, muted: muted)
    let size = Int(plan.nodes[node].end) - node
    if let count = states.count, size <= remainingVisits / size / count {
      remainingVisits -= size * size * count
      var root = Root(node: node, states: states)
      root.outcomes = (0..<count).map { outcome(plan, root, $0) }
      // The vote in one term's place may make another term idle.
      var before: [Int: Vote]
      repeat {
        before = idle
        search(below: node, of: root)
      } while idle != before
    } else if !unsearched.contains(where: { places[node].hasPrefix($0) }) {
      unsearched.append(places[node])
    }
    searchTimed(below: node)
  }

  /// Searches the parts of the rules with a clock, each as a rule of its own.
  private mutating func searchTimed(below node: Int) {
    for part in plan.parts(of: node) where idle[part] == nil {
      if plan.nodes[node].kind.remembers.isClock {
        search(partOf: part)
      } else {
        searchTimed(below: part)
      }
    }
  }

  /// Searches the last term first: of two equal terms the later one is named.
  private mutating func search(below node: Int, of root: Root) {
    guard !plan.nodes[node].kind.remembers.isClock else { return }
    for part in plan.parts(of: node).reversed() where idle[part] == nil {
      if let vote = substitute(for: part, of: root) {
        plan = plan.replacing(part, by: vote)
        for inner in part..<Int(plan.nodes[part].end) { idle[inner] = nil }
        idle[part] = vote
      } else {
        search(below: part, of: root)
      }
    }
  }

  /// The vote that can replace a term; `nil` if the term matters.
  private func substitute(for term: Int, of root: Root) -> Vote? {
    [Vote.no, .unknown, .yes].first { vote in
      let changed = plan.replacing(term, by: vote)
      return root.outcomes.indices.allSatisfy { outcome(changed, root, $0) == root.outcomes[$0] }
    }
  }

  private func outcome(_ plan: VotingPlan, _ root: Root, _ state: Int) -> Outcome {
    var (opinions, memory) = root.states[state]
    let vote = plan.vote(of: root.node, opinions, &memory, now: RuleStates.now)
    let isWhole = root.node == 0
    var outcome = Outcome(vote: isWhole && vote != .yes ? .no : vote, challenges: 0)
    guard !(isFinal && isWhole && vote == .yes) else { return outcome }
    for challenge in challenges where memory[challenge.place] != .never {
      let detectors = plan.nodes[challenge.asked].detectors
      guard !detectors.isEmpty else { continue }
      let number = detectors == challenge.detectors ? challenge.number : UInt64.bitWidth - 1
      outcome.challenges |= 1 << UInt64(number)
    }
    return outcome
  }
}

extension VotingPlan.Node.Remembering {
  /// Whether the rule counts time from a change of its part.
  fileprivate var isClock: Bool {
    switch self {
    case .start, .end: true
    case .nothing, .challenge: false
    }
  }
}
