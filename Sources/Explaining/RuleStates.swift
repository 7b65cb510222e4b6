import FlatlineCore

/// Every possible state of one rule of a plan: the opinion of each of its detectors, and which of its
/// ``Rule/sustained(_:for:)`` rules have lasted.
///
/// Of two sustained rules over the same rule, the longer one has lasted only if the shorter one has.
struct RuleStates {
  /// A group of sustained rules over the same rule.
  private struct Clocks {
    var waits: [Duration] = []
    var rules: [(place: Int, wait: Duration)] = []
  }

  private let detectors: [Int]
  private let unable: DetectorSet
  private let clocks: [Clocks]
  /// Number of states; `nil` for more than an `Int` holds.
  let count: Int?

  /// Later than the wait of any rule.
  static let now = MonotonicTime(nanoseconds: 0) + .seconds(10_000_000)

  /// - Parameters:
  ///   - root: the node of the rule.
  ///   - plan: a plan of terms.
  ///   - terms: the rule of each node.
  ///   - unable: detectors that never lean to dead.
  init(of root: Int, in plan: VotingPlan, terms: [Rule], unable: DetectorSet) {
    var rest = plan.nodes[root].detectors
    var detectors: [Int] = []
    while let detector = rest.popFirst() { detectors.append(detector) }
    var clocks: [Rule: Clocks] = [:]
    for index in root..<Int(plan.nodes[root].end) where plan.nodes[index].kind.remembers == .start {
      let node = plan.nodes[index]
      clocks[terms[index + 1], default: Clocks()].rules.append((Int(node.place), node.wait))
    }
    self.detectors = detectors
    self.unable = unable
    self.clocks = clocks.values.map { Clocks(waits: Set($0.rules.map(\.wait)).sorted(), rules: $0.rules) }
    var count: Int? = 1
    for choices in detectors.map({ unable.contains($0) ? 2 : 3 }) + self.clocks.map({ $0.waits.count + 1 }) {
      count = count.flatMap { RuleStates.product($0, choices) }
    }
    self.count = count
  }

  private static func product(_ left: Int, _ right: Int) -> Int? {
    let (product, isTooLarge) = left.multipliedReportingOverflow(by: right)
    return isTooLarge ? nil : product
  }

  /// The state with this number: the opinions, and a memory in which the rules that have lasted began long ago.
  subscript(number: Int) -> (opinions: Opinions, memory: VoteMemory) {
    var rest = number
    func digit(_ choices: Int) -> Int {
      defer { rest /= choices }
      return rest % choices
    }
    var opinions = Opinions()
    for detector in detectors {
      switch digit(unable.contains(detector) ? 2 : 3) {
      case 0: break
      case 1: opinions.alive.insert(detector)
      default: opinions.dead.insert(detector)
      }
    }
    var memory = VoteMemory()
    for group in clocks {
      let lasted = group.waits.prefix(digit(group.waits.count + 1))
      for rule in group.rules where lasted.contains(rule.wait) {
        memory[rule.place] = MonotonicTime(nanoseconds: 0)
      }
    }
    return (opinions, memory)
  }
}
