/// A policy's rules made ready for voting: a detector is its index in the policy, and each
/// rule that looks at time has its own place in a ``VoteMemory``.
///
/// The vote is a pure function of ballots, memory and time.
package struct VotingPlan: Sendable {
  /// The suspect rule and its parts, then the dead rule and its parts.
  package private(set) var nodes: ContiguousArray<Node> = []
  let suspect: Int
  let dead: Int
  let halfClose: Policy.HalfClose
  let conclusive: Policy.Conclusive
  /// How many detectors the policy has.
  package let detectorCount: Int
  /// How many rules have a place in the memory.
  package private(set) var places = 0
  /// Whether the verdict is alive while no detector leans to suspicious or dead. False only for rules that need no
  /// ballot. Only such a leaning brings a rule to yes, so that the rules of a healthy connection are not walked.
  private(set) var isAliveUnlessAccused = false
  /// Whether a detector may decide by an earlier ballot (``Rule/recent(_:for:)``).
  private(set) var remembersVotes = false

  init(_ policy: Policy) {
    self.init(
      detectors: policy.detectors.map(\.name), suspect: policy.suspect, dead: policy.dead,
      halfClose: policy.halfClose, conclusive: policy.conclusive)
  }

  /// A plan for one rule alone, to examine it.
  package init(rule: Rule) {
    self.init(detectors: rule.detectors, suspect: rule, dead: rule, halfClose: .dead, conclusive: .votes)
  }

  /// A plan to examine the terms of one rule: each rule inside has a node, outer rules before inner ones.
  package init(terms rule: Rule, detectors names: [DetectorName]) {
    halfClose = .dead
    conclusive = .votes
    detectorCount = names.count
    suspect = 0
    dead = 0
    var layout = VotingLayout(names: names, isMerging: false)
    layout.append(rule)
    layout.assignPlaces()
    nodes = layout.nodes
    places = layout.places
    settleSilence()
  }

  private init(
    detectors names: [DetectorName], suspect: Rule, dead: Rule, halfClose: Policy.HalfClose,
    conclusive: Policy.Conclusive
  ) {
    self.halfClose = halfClose
    self.conclusive = conclusive
    detectorCount = names.count
    self.suspect = 0
    var layout = VotingLayout(names: names, isMerging: true)
    layout.append(suspect)
    self.dead = layout.nodes.count
    layout.append(dead)
    layout.assignPlaces()
    nodes = layout.nodes
    places = layout.places
    settleSilence()
    remembersVotes = nodes.contains { $0.kind.remembers == .end }
    var memory = VoteMemory()
    let decision = decide(memory: &memory, now: MonotonicTime(nanoseconds: 0)) { _ in .none }
    isAliveUnlessAccused = decision.kind == .alive && memory.isEmpty
  }

  /// Computes each rule's vote while all detectors abstain, inner rules first.
  private mutating func settleSilence() {
    for index in nodes.indices.reversed() where nodes[index].kind != .constant {
      let parts = parts(of: index)
      nodes[index].looksAtTime =
        nodes[index].kind.remembers != .nothing || parts.contains { nodes[$0].looksAtTime }
      var memory = VoteMemory()
      nodes[index].vote = nodes.withUnsafeBufferPointer { nodes in
        var round = Round(nodes: nodes, now: MonotonicTime(nanoseconds: 0), opinions: Opinions())
        var deciders = DetectorSet()
        return round.walk(index, &deciders, &memory)
      }
      nodes[index].restsInSilence = memory.isEmpty
    }
  }

  /// The threshold, lowered for the rounding of floating-point sums: 0.7 + 0.2 + 0.1 is a little less than 1.
  package static func reachable(_ threshold: Double) -> Double { threshold * (1 - 1e-12) }

  /// A copy in which a rule always has this vote and challenges no detector.
  package func replacing(_ node: Int, by vote: Vote) -> VotingPlan {
    var copy = self
    copy.nodes[node].kind = .constant
    copy.nodes[node].vote = vote
    copy.nodes[node].detectors = DetectorSet()
    // Inner rules first, so that every part is right before the rule around it.
    for index in (0..<node).reversed() where Int(nodes[index].end) > node {
      copy.nodes[index].detectors = copy.parts(of: index).reduce(into: DetectorSet()) {
        $0.formUnion(copy.nodes[$1].detectors)
      }
    }
    copy.settleSilence()
    return copy
  }

  /// The nodes of the rules directly inside a rule, in a plan of terms.
  package func parts(of node: Int) -> [Int] {
    var parts: [Int] = []
    var part = node + 1
    while part < Int(nodes[node].end) {
      parts.append(part)
      part = Int(nodes[part].end)
    }
    return parts
  }

  /// The vote of one of the rules.
  package func vote(of node: Int, _ opinions: Opinions, _ memory: inout VoteMemory, now: MonotonicTime)
    -> Vote
  {
    nodes.withUnsafeBufferPointer { nodes in
      var round = Round(nodes: nodes, now: now, opinions: opinions)
      var deciders = DetectorSet()
      return round.vote(node, &deciders, &memory)
    }
  }

  /// Whether the verdict is dead once all detectors have leaned this way for longer than any rule asks.
  package func votesDead(whenAll leaning: Leaning) -> Bool { votesDead { _ in leaning } }

  /// The same, with a leaning for each detector.
  package func votesDead(when leaning: (Int) -> Leaning) -> Bool {
    var memory = VoteMemory()
    let ballots = (0..<detectorCount).map {
      StandingBallot(Evidence(leaning($0), layer: .connection, at: MonotonicTime(nanoseconds: 0)))
    }
    // Nested rules that look at time need one look each.
    for look in 0...min(places, Policy.deepestRule) {
      let now = MonotonicTime(nanoseconds: 1) + .seconds(1_000_000 * look)
      if decide(memory: &memory, now: now, ballot: { ballots[$0] }).kind == .dead { return true }
      // With an empty memory, the next vote is the same.
      if memory.isEmpty { return false }
    }
    return false
  }
}
