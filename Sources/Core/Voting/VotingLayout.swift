/// Lays rules out flat, each before its parts.
struct VotingLayout {
  /// The detectors of the policy.
  let names: [DetectorName]
  /// Whether a rule that counts detectors is one node, and ``Rule/suspicious(_:)`` none. Otherwise each rule is one.
  let isMerging: Bool
  /// The rules so far.
  private(set) var nodes: ContiguousArray<VotingPlan.Node> = []
  /// How many of them look at time.
  private(set) var places = 0

  init(names: [DetectorName], isMerging: Bool) {
    self.names = names
    self.isMerging = isMerging
  }

  /// Appends a rule and its parts.
  ///
  /// - Parameter countsHints: whether the rule is inside a ``Rule/suspicious(_:)``.
  mutating func append(_ rule: Rule, countsHints: Bool = false) {
    var countsHints = countsHints
    if case .suspicious(let part) = rule {
      if isMerging { return append(part, countsHints: true) }
      countsHints = true
    }
    let index = nodes.count
    nodes.append(node(rule, countsHints))
    if nodes[index].kind != .detectors, nodes[index].kind != .suspects {
      let weights = rule.weights
      for (number, part) in rule.parts.enumerated() {
        let partIndex = nodes.count
        append(part, countsHints: countsHints)
        if number < weights.count { nodes[partIndex].weight = weights[number] }
        nodes[index].detectors.formUnion(nodes[partIndex].detectors)
      }
    }
    nodes[index].end = Int32(clamping: nodes.count)
  }

  /// Gives each rule that looks at time its place in a ``VoteMemory``. The rules that keep detectors come last: only
  /// the later places have room for them.
  mutating func assignPlaces() {
    var next = 0
    for index in nodes.indices {
      switch nodes[index].kind.remembers {
      case .nothing, .end: break
      case .challenge, .start:
        nodes[index].place = Int32(clamping: next)
        next += 1
      }
    }
    places = next
    next = max(next, VoteMemory.inline)
    for index in nodes.indices where nodes[index].kind.remembers == .end {
      nodes[index].place = Int32(clamping: next)
      next += 1
      places += 1
    }
  }

  /// A rule without its parts.
  private func node(_ rule: Rule, _ countsHints: Bool) -> VotingPlan.Node {
    let node = VotingPlan.Node(rule)
    if case .detector(let name) = rule {
      return detectors(of: [.detector(name)]).map { .init(1, of: $0, countsHints: countsHints) } ?? node
    }
    guard isMerging, node.kind == .atLeast, let detectors = detectors(of: rule.parts) else { return node }
    return VotingPlan.Node(node.count, of: detectors, countsHints: countsHints)
  }

  /// The detectors that the rules name; `nil` if a rule is more than a name, or if a name is unknown or repeated.
  private func detectors(of rules: [Rule]) -> DetectorSet? {
    var set = DetectorSet()
    for part in rules {
      guard case .detector(let name) = part, let detector = names.firstIndex(of: name), detector < 64,
        !set.contains(detector)
      else { return nil }
      set.insert(detector)
    }
    return set
  }
}
