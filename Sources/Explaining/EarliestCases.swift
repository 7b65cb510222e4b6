import FlatlineCore

/// Evaluates rules over times before which no detector accuses: no rule is yes before the time found.
struct EarliestCases {
  /// The time before which a detector does not accuse; `nil` for never.
  let bound: (DetectorName, Accusation) -> Duration?
  /// The leaning that the rule counts.
  let counted: Leaning

  /// A time before which the rule is not yes; `nil` for never.
  func earliest(of rule: Rule) -> Duration? {
    switch rule {
    case .detector(let name): bound(name, counted == .dead ? .death : .suspicion)
    // One yes is a majority while the others have no opinion.
    case .any(let rules), .majority(let rules): weigh(1, rules.map { ($0, 1) })
    case .all(let rules): weigh(Double(rules.count), rules.map { ($0, 1) })
    case .atLeast(let count, let rules): weigh(Double(count), rules.map { ($0, 1) })
    case .weighted(let threshold, let rules):
      weigh(VotingPlan.reachable(threshold), rules.map { ($0.rule, $0.weight) })
    case .confirm(let rule, let other, _): weigh(2, [(rule, 1), (other, 1)])
    case .fallback(let rule, let other): weigh(1, [(rule, 1), (other, 1)])
    case .unless(let rule, _), .recent(let rule, _): earliest(of: rule)
    case .sustained(let rule, let duration): earliest(of: rule).map { $0 + duration }
    case .suspicious(let rule): EarliestCases(bound: bound, counted: .suspicious).earliest(of: rule)
    }
  }

  /// When enough weight may have come together.
  private func weigh(_ threshold: Double, _ parts: [(rule: Rule, weight: Double)]) -> Duration? {
    let times = parts.compactMap { part in earliest(of: part.rule).map { (time: $0, weight: part.weight) } }
    var weight = 0.0
    for part in times.sorted(by: { $0.time < $1.time }) {
      weight += part.weight
      if weight >= threshold { return part.time }
    }
    return nil
  }
}
