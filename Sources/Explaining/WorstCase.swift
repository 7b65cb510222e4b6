import FlatlineCore

/// Outcome of a rule in the worst case.
struct WorstCase: Hashable, Sendable {
  /// When it is dead at the latest; `nil` for never.
  var deadBy: Duration?
  /// The detectors that decide.
  var deciders: Set<DetectorName> = []
  /// How long after the fault it may still vote for alive; `zero` for not at all.
  var aliveUntil: Duration = .zero

  /// Longer than any wait.
  static let forever = Duration.seconds(1_000_000_000)
}

/// Evaluates rules over promises, as ``Voting`` evaluates rules over ballots: the worst case of each.
struct WorstCases {
  let promises: [DetectorName: [PromisedEvidence]]
  /// A FIN is no vote for a death.
  let keepsHalfClosed: Bool
  /// The leaning that counts: `dead` for the rule of death, `suspicious` or worse for the other.
  let counted: Leaning

  func worstCase(of rule: Rule) -> WorstCase {
    switch rule {
    case .detector(let name): detector(name)
    case .any(let rules): count(1, rules.map(worstCase))
    case .all(let rules): count(rules.count, rules.map(worstCase))
    case .atLeast(let count, let rules): self.count(count, rules.map(worstCase))
    case .weighted(let threshold, let rules):
      weigh(VotingPlan.reachable(threshold), rules.map { (worstCase(of: $0.rule), $0.weight) })
    case .confirm(let rule, let other, _): count(2, [worstCase(of: rule), worstCase(of: other)])
    case .fallback(let rule, let other): fallback(worstCase(of: rule), worstCase(of: other))
    case .unless(let rule, let witness): unless(worstCase(of: rule), worstCase(of: witness))
    case .sustained(let rule, let duration): sustained(worstCase(of: rule), duration)
    // A promise says when evidence comes at the latest, not how long it stays: no time after a yes can be counted on.
    case .recent(let rule, _): worstCase(of: rule)
    case .majority(let rules): majority(rules.map(worstCase))
    case .suspicious(let rule):
      WorstCases(promises: promises, keepsHalfClosed: keepsHalfClosed, counted: .suspicious)
        .worstCase(of: rule)
    }
  }

  private func detector(_ name: DetectorName) -> WorstCase {
    let said = promises[name] ?? []
    let accusing = said.filter { $0.leaning > .alive && !($0.isHalfClose && keepsHalfClosed) }
    let deadBy = accusing.filter { $0.leaning >= counted }.map(\.by).min()
    let accusedBy = accusing.map(\.by).min() ?? WorstCase.forever
    let aliveUntil = said.filter { $0.leaning == .alive }.map {
      min($0.until ?? WorstCase.forever, accusedBy)
    }
    return WorstCase(
      deadBy: deadBy, deciders: deadBy == nil ? [] : [name], aliveUntil: aliveUntil.max() ?? .zero)
  }

  private func count(_ needed: Int, _ parts: [WorstCase]) -> WorstCase {
    weigh(Double(needed), parts.map { ($0, 1) })
  }

  /// Dead once enough weight is dead. Alive while the remaining weight cannot reach the threshold.
  private func weigh(_ threshold: Double, _ parts: [(worst: WorstCase, weight: Double)]) -> WorstCase {
    var result = WorstCase()
    var weight = 0.0
    let dying = parts.filter { $0.worst.deadBy != nil }
      .sorted { $0.worst.deadBy ?? .zero < $1.worst.deadBy ?? .zero }
    for part in dying where weight < threshold {
      weight += part.weight
      result.deciders.formUnion(part.worst.deciders)
      if weight >= threshold { result.deadBy = part.worst.deadBy }
    }
    if result.deadBy == nil { result.deciders = [] }
    var possible = parts.reduce(0) { $0 + $1.weight }
    for part in parts.sorted(by: { $0.worst.aliveUntil > $1.worst.aliveUntil })
    where possible >= threshold {
      possible -= part.weight
      if possible < threshold { result.aliveUntil = part.worst.aliveUntil }
    }
    return result
  }

  /// Dead once more parts are dead than alive. Alive until then, or until no part is alive any more.
  private func majority(_ parts: [WorstCase]) -> WorstCase {
    func dead(at time: Duration) -> [WorstCase] { parts.filter { $0.deadBy.map { $0 <= time } ?? false } }
    func alive(at time: Duration) -> Int { parts.count { $0.aliveUntil > time } }
    let changes = Set([.zero] + parts.compactMap(\.deadBy) + parts.map(\.aliveUntil))
    let times = changes.filter { $0 < WorstCase.forever }.sorted()
    var result = WorstCase()
    result.deadBy = times.first { dead(at: $0).count > alive(at: $0) }
    if let deadBy = result.deadBy {
      result.deciders = dead(at: deadBy).reduce(into: []) { $0.formUnion($1.deciders) }
    }
    let mute = times.first { alive(at: $0) == 0 }
    result.aliveUntil = [result.deadBy, mute].compactMap { $0 }.min() ?? WorstCase.forever
    return result
  }

  /// The second counts once the first no longer votes for alive.
  private func fallback(_ first: WorstCase, _ second: WorstCase) -> WorstCase {
    var result = first
    result.aliveUntil = max(first.aliveUntil, min(second.aliveUntil, first.deadBy ?? WorstCase.forever))
    guard let later = second.deadBy.map({ max($0, first.aliveUntil) }),
      later < first.deadBy ?? WorstCase.forever
    else { return result }
    result.deadBy = later
    result.deciders = second.deciders
    return result
  }

  private func unless(_ rule: WorstCase, _ witness: WorstCase) -> WorstCase {
    guard let deadBy = rule.deadBy, witness.aliveUntil < WorstCase.forever else {
      return WorstCase(aliveUntil: rule.aliveUntil)
    }
    return WorstCase(
      deadBy: max(deadBy, witness.aliveUntil), deciders: rule.deciders, aliveUntil: rule.aliveUntil)
  }

  private func sustained(_ rule: WorstCase, _ duration: Duration) -> WorstCase {
    var result = rule
    result.deadBy = rule.deadBy.map { $0 + duration }
    return result
  }
}
