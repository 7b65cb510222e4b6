import FlatlineCore

/// Every possible state of one rule of a plan: the opinion of each of its detectors, which of its
/// ``Rule/sustained(_:for:)`` rules have lasted, and which of its ``Rule/recent(_:for:)`` rules still count a yes that
/// has ended.
///
/// Of two sustained rules over the same rule, the longer one has lasted only if the shorter one has. Of two recent
/// rules, the shorter one still counts only if the longer one does.
struct RuleStates {
  /// A group of rules over the same rule with times, in the order in which they come to yes.
  private struct Clocks {
    var waits: [Duration] = []
    var rules: [(place: Int, wait: Duration)] = []
    /// Start or end of a yes, such that each rule that came to yes is yes now.
    let since: MonotonicTime
  }

  /// A kind of clock over a rule.
  private struct Subject: Hashable {
    let rule: Rule
    let isRecent: Bool
  }

  private let detectors: [(index: Int, leanings: [Leaning])]
  private let clocks: [Clocks]
  /// Number of states; `nil` for more than an `Int` holds.
  let count: Int?

  /// Later than the wait of any rule.
  static let now = MonotonicTime(nanoseconds: 0) + .seconds(10_000_000)
  /// Long before, but not ``VoteMemory/standing``.
  private static let long = MonotonicTime(nanoseconds: 1)

  /// - Parameters:
  ///   - root: the node of the rule.
  ///   - plan: a plan of terms.
  ///   - terms: the rule of each node.
  ///   - unable: detectors that never lean to dead.
  ///   - muted: detectors whose leaning to suspicious is no state of its own.
  init(of root: Int, in plan: VotingPlan, terms: [Rule], unable: DetectorSet, muted: DetectorSet) {
    let nodes = root..<Int(plan.nodes[root].end)
    var suspects = DetectorSet()
    var clocks: [Subject: Clocks] = [:]
    for index in nodes {
      let node = plan.nodes[index]
      if node.kind == .suspects { suspects.formUnion(node.detectors) }
      let isRecent = node.kind.remembers == .end
      guard isRecent || node.kind.remembers == .start else { continue }
      let since = isRecent ? RuleStates.now : RuleStates.long
      clocks[Subject(rule: terms[index + 1], isRecent: isRecent), default: Clocks(since: since)].rules
        .append((Int(node.place), node.wait))
    }
    var detectors: [(index: Int, leanings: [Leaning])] = []
    var rest = plan.nodes[root].detectors
    while let detector = rest.popFirst() {
      var leanings: [Leaning] = [.abstaining, .alive]
      if suspects.contains(detector), !muted.contains(detector) { leanings.append(.suspicious) }
      if !unable.contains(detector) { leanings.append(.dead) }
      detectors.append((detector, leanings))
    }
    self.detectors = detectors
    self.clocks = clocks.map { subject, group in
      var group = group
      let waits = Set(group.rules.map(\.wait))
      group.waits = subject.isRecent ? waits.sorted(by: >) : waits.sorted()
      return group
    }
    var count: Int? = 1
    for choices in detectors.map(\.leanings.count) + self.clocks.map({ $0.waits.count + 1 }) {
      count = count.flatMap { RuleStates.product($0, choices) }
    }
    self.count = count
  }

  private static func product(_ left: Int, _ right: Int) -> Int? {
    let (product, isTooLarge) = left.multipliedReportingOverflow(by: right)
    return isTooLarge ? nil : product
  }

  /// The state with this number: the opinions, and a memory in which the sustained rules that have lasted began long
  /// ago, and the recent rules that still count have just ended.
  subscript(number: Int) -> (opinions: Opinions, memory: VoteMemory) {
    var rest = number
    func digit(_ choices: Int) -> Int {
      defer { rest /= choices }
      return rest % choices
    }
    var opinions = Opinions()
    for (detector, leanings) in detectors {
      switch leanings[digit(leanings.count)] {
      case .abstaining: break
      case .alive: opinions.alive.insert(detector)
      case .suspicious: opinions.accusing.insert(detector)
      case .dead:
        opinions.dead.insert(detector)
        opinions.accusing.insert(detector)
      }
    }
    var memory = VoteMemory()
    for group in clocks {
      let satisfied = group.waits.prefix(digit(group.waits.count + 1))
      for rule in group.rules where satisfied.contains(rule.wait) { memory[rule.place] = group.since }
    }
    return (opinions, memory)
  }
}
