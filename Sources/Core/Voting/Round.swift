/// The detectors' opinions, as one rule counts them. A detector in no set abstains.
package struct Opinions {
  package init() {}

  /// The detectors that the rule counts.
  package var dead = DetectorSet()
  /// The detectors that lean to suspicious or dead: all of `dead`, and those that ``Rule/suspicious(_:)`` adds.
  package var accusing = DetectorSet()
  package var alive = DetectorSet()
}

extension VotingPlan {
  /// One rule of the tree. The nodes lie flat, each rule before its parts, so that a vote reads memory in sequence.
  package struct Node: BitwiseCopyable, Sendable {
    package enum Kind: UInt8, BitwiseCopyable, Sendable {
      /// At least `count` of the detectors. It has no parts.
      case detectors
      /// The same, where a detector that leans to suspicious counts too.
      case suspects
      /// At least `count` of the parts.
      case atLeast
      case weighted, confirm, fallback, unless, sustained, recent, majority
      /// Its one part. The detectors in it are `suspects`.
      case suspicious
      /// Always the same vote: a detector that the policy does not have, or a rule that is left out to examine the
      /// others.
      case constant

      /// How the rule uses its place in the memory.
      package var remembers: Remembering {
        switch self {
        case .detectors, .suspects, .atLeast, .weighted, .fallback, .unless, .majority, .suspicious,
          .constant:
          .nothing
        case .confirm: .challenge
        case .sustained: .start
        case .recent: .end
        }
      }
    }

    package enum Remembering: BitwiseCopyable {
      case nothing
      /// Time of the last challenge; ``MonotonicTime/never`` without a reason to challenge.
      case challenge
      /// Time at which its part came to yes; ``MonotonicTime/never`` while it is not yes.
      case start
      /// Time at which its part ceased to be yes; ``VoteMemory/standing`` while it is yes; ``MonotonicTime/never``
      /// once that is longer ago than the rule asks.
      case end
    }

    package var kind: Kind
    /// The vote while all detectors abstain; for `constant`, always.
    package var vote = Vote.unknown
    /// Whether the rule or a part of it looks at time.
    var looksAtTime = false
    /// Whether an empty memory stays empty while all detectors abstain.
    var restsInSilence = false
    /// Index of the next rule beside this one.
    package var end: Int32 = 0
    package var count: Int32 = 0
    /// Index in the memory, for rules that look at time.
    package var place: Int32 = 0
    /// Every detector that the rule and its parts look at.
    package var detectors = DetectorSet()
    /// `threshold`: the sum to reach, for `weighted`. `weight`: the rule's weight as a part of one.
    package var threshold = 0.0
    package var weight = 0.0
    /// The period of `confirm`, the duration of `sustained` and `recent`.
    package var wait: Duration = .zero

    /// A rule without its parts.
    init(_ rule: Rule) {
      switch rule {
      // The policy's checks refuse an unknown name. Here it always abstains.
      case .detector: kind = .constant
      case .any:
        kind = .atLeast
        count = 1
      case .all(let rules):
        kind = .atLeast
        count = Int32(clamping: rules.count)
      case .atLeast(let least, _):
        kind = .atLeast
        count = Int32(clamping: least)
      case .weighted(let sum, _):
        kind = .weighted
        threshold = VotingPlan.reachable(sum)
      case .confirm(_, _, let period):
        kind = .confirm
        wait = period
      case .fallback: kind = .fallback
      case .unless: kind = .unless
      case .sustained(_, let duration):
        kind = .sustained
        wait = duration
      case .recent(_, let duration):
        kind = .recent
        wait = duration
      case .majority: kind = .majority
      case .suspicious: kind = .suspicious
      }
    }

    /// At least `count` of these detectors.
    ///
    /// - Parameter countsHints: whether a detector that leans to suspicious counts.
    init(_ count: Int32, of detectors: DetectorSet, countsHints: Bool) {
      kind = countsHints ? .suspects : .detectors
      self.count = count
      self.detectors = detectors
    }
  }
}

/// One walk over the rules. It does not outlive the buffer: the plan owns it.
struct Round {
  let nodes: UnsafeBufferPointer<VotingPlan.Node>
  let now: MonotonicTime
  var opinions: Opinions
  var recheck: MonotonicTime
  /// Whether no rule remembered anything when the round began.
  let isFresh: Bool
  /// Detectors to challenge now.
  var challenged = DetectorSet()
  /// Detectors that caused the challenge.
  var challengers = DetectorSet()
  /// Detectors that decide by an earlier ballot, in a ``Rule/recent(_:for:)``.
  var remembered = DetectorSet()

  init(
    nodes: UnsafeBufferPointer<VotingPlan.Node>, now: MonotonicTime, opinions: Opinions,
    isFresh: Bool = false,
    recheck: MonotonicTime = .never
  ) {
    self.nodes = nodes
    self.now = now
    self.opinions = opinions
    self.isFresh = isFresh
    self.recheck = recheck
  }

  /// The vote of a node; the detectors that satisfied it are added to `deciders`.
  ///
  /// Visits every part with an opinion, even after the outcome is certain, so that each part remembers its own
  /// time.
  @inline(__always)
  mutating func vote(_ index: Int, _ deciders: inout DetectorSet, _ memory: inout VoteMemory) -> Vote {
    let node = nodes[index]
    // Most rules need no walk: at most events, only one or two detectors have an opinion.
    if !node.looksAtTime || (isFresh && node.restsInSilence),
      node.detectors.intersection(opinions.accusing.union(opinions.alive)).isEmpty
    {
      return node.vote
    }
    // Without a function call: most rules are detectors.
    return node.kind == .detectors
      ? count(node, opinions.dead, &deciders) : walk(index, &deciders, &memory)
  }

  @inline(__always)
  private func count(_ node: VotingPlan.Node, _ counted: DetectorSet, _ deciders: inout DetectorSet) -> Vote {
    let found = node.detectors.intersection(counted)
    let alive = node.detectors.intersection(opinions.alive)
    return settle(
      found.count >= Int(node.count), node.detectors.count - alive.count >= Int(node.count), found, &deciders)
  }

  /// The vote of a node, by the votes of its parts.
  mutating func walk(_ index: Int, _ deciders: inout DetectorSet, _ memory: inout VoteMemory) -> Vote {
    let node = nodes[index]
    switch node.kind {
    case .constant: return node.vote

    case .detectors: return count(node, opinions.dead, &deciders)

    case .suspects: return count(node, opinions.accusing, &deciders)

    case .suspicious: return vote(index + 1, &deciders, &memory)

    case .majority:
      var yes = 0
      var no = 0
      var found = DetectorSet()
      var part = index + 1
      while part < Int(node.end) {
        let vote = self.vote(part, &found, &memory)
        yes += vote == .yes ? 1 : 0
        no += vote == .no ? 1 : 0
        part = Int(nodes[part].end)
      }
      return settle(yes > no, yes + no == 0, found, &deciders)

    case .atLeast:
      var dead = 0
      var possible = 0
      var found = DetectorSet()
      var part = index + 1
      while part < Int(node.end) {
        let vote = self.vote(part, &found, &memory)
        dead += vote == .yes ? 1 : 0
        possible += vote == .no ? 0 : 1
        part = Int(nodes[part].end)
      }
      return settle(dead >= Int(node.count), possible >= Int(node.count), found, &deciders)

    case .weighted:
      var dead = 0.0
      var possible = 0.0
      var found = DetectorSet()
      var part = index + 1
      while part < Int(node.end) {
        let vote = self.vote(part, &found, &memory)
        dead += vote == .yes ? nodes[part].weight : 0
        possible += vote == .no ? 0 : nodes[part].weight
        part = Int(nodes[part].end)
      }
      return settle(dead >= node.threshold, possible >= node.threshold, found, &deciders)

    case .confirm:
      var found = DetectorSet()
      let firstVote = vote(index + 1, &found, &memory)
      let accusers = found
      let second = Int(nodes[index + 1].end)
      let secondVote = vote(second, &found, &memory)
      let isAsked = firstVote == .yes && secondVote != .yes
      ask(nodes[second].detectors, for: isAsked ? accusers : nil, node, &memory)
      let both = min(firstVote, secondVote)
      return settle(both == .yes, both != .no, found, &deciders)

    case .fallback:
      var firstFound = DetectorSet()
      var secondFound = DetectorSet()
      let firstVote = vote(index + 1, &firstFound, &memory)
      let secondVote = vote(Int(nodes[index + 1].end), &secondFound, &memory)
      let isFirst = firstVote != .unknown
      deciders.formUnion(isFirst ? firstFound : secondFound)
      return isFirst ? firstVote : secondVote

    case .unless:
      var found = DetectorSet()
      var ignored = DetectorSet()
      let vote = self.vote(index + 1, &found, &memory)
      let isVetoed = self.vote(Int(nodes[index + 1].end), &ignored, &memory) == .no
      guard vote == .yes, !isVetoed else { return min(vote, .unknown) }
      deciders.formUnion(found)
      return .yes

    case .sustained:
      let place = Int(node.place)
      var found = DetectorSet()
      let vote = self.vote(index + 1, &found, &memory)
      guard vote == .yes else {
        memory[place] = .never
        return vote
      }
      let since = min(memory[place], now)
      memory[place] = since
      guard now < since + node.wait else {
        deciders.formUnion(found)
        return .yes
      }
      recheck = min(recheck, since + node.wait)
      return .unknown

    case .recent:
      let place = Int(node.place)
      var found = DetectorSet()
      let vote = self.vote(index + 1, &found, &memory)
      guard vote != .yes else {
        memory.keep(found, at: place)
        deciders.formUnion(found)
        return .yes
      }
      guard memory[place] != .never else { return vote }
      // A yes of the vote before has lasted until now.
      let end = memory[place] == VoteMemory.standing ? now : memory[place]
      guard now < end + node.wait else {
        memory[place] = .never
        return vote
      }
      memory[place] = end
      recheck = min(recheck, end + node.wait)
      deciders.formUnion(memory.deciders(at: place))
      remembered.formUnion(memory.deciders(at: place))
      return .yes
    }
  }

  private func settle(
    _ isSatisfied: Bool, _ isPossible: Bool, _ found: DetectorSet, _ deciders: inout DetectorSet
  ) -> Vote {
    guard isSatisfied else { return isPossible ? .unknown : .no }
    deciders.formUnion(found)
    return .yes
  }

  /// Challenges detectors as soon as there are `accusers`, and again after each period while there are.
  private mutating func ask(
    _ detectors: DetectorSet, for accusers: DetectorSet?, _ node: VotingPlan.Node, _ memory: inout VoteMemory
  ) {
    let place = Int(node.place)
    guard let accusers else {
      memory[place] = .never
      return
    }
    if memory[place] == .never || now >= memory[place] + node.wait {
      memory[place] = now
      challenged.formUnion(detectors)
      challengers.formUnion(accusers)
    }
    recheck = min(recheck, memory[place] + node.wait)
  }
}
