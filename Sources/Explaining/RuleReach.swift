import FlatlineCore

/// How far the detectors of a policy lean at most, and which terms of a rule can therefore never come to dead.
struct RuleReach {
  /// The gravest leaning of each detector; one that is missing may lean to dead.
  let gravest: [DetectorName: Leaning]
  /// The leaning that the rule counts.
  let counted: Leaning

  private func limit(of name: DetectorName) -> Leaning { gravest[name] ?? .dead }

  /// The detectors that never lean as far as a plain rule counts.
  func unable(_ rule: Rule) -> Set<DetectorName> { Set(rule.detectors.filter { limit(of: $0) < counted }) }

  /// The detectors whose leaning to suspicious is nothing of its own.
  func muted(_ rule: Rule) -> Set<DetectorName> {
    counted < .dead ? Set(rule.detectors) : Set(rule.detectors.filter { limit(of: $0) < .suspicious })
  }

  /// Whether the rule comes to dead when every detector leans as far to dead as it can. Every rule is monotone: no
  /// other ballots come nearer to dead.
  func canBeDead(_ rule: Rule) -> Bool {
    let names = rule.detectors
    guard names.contains(where: { limit(of: $0) < counted }) else { return true }
    return VotingPlan(rule: rule).votesDead { detector in
      let limit = limit(of: names[detector])
      if limit >= counted { return .dead }
      return limit < .suspicious ? .abstaining : limit
    }
  }

  /// The detectors that never lean as far as the rule counts them, in order of appearance, and how far that is.
  func limited(_ rule: Rule) -> [(detector: DetectorName, counted: Leaning)] {
    var found: [(detector: DetectorName, counted: Leaning)] = []
    func collect(_ rule: Rule, _ counted: Leaning) {
      var counted = counted
      switch rule {
      case .detector(let name):
        guard limit(of: name) < counted, !found.contains(where: { $0.detector == name }) else { return }
        found.append((name, counted))
      case .suspicious: counted = .suspicious
      case .any, .all, .atLeast, .weighted, .confirm, .fallback, .unless, .sustained, .recent, .majority:
        break
      }
      for part in rule.parts { collect(part, counted) }
    }
    collect(rule, counted)
    return found
  }

  /// The terms that can never come to dead, outer ones only.
  ///
  /// - Parameters:
  ///   - rule: a rule that can.
  ///   - place: where it stands.
  func neverDead(in rule: Rule, at place: String) -> [PolicyTerm] {
    guard rule.detectors.contains(where: { limit(of: $0) < counted }) else { return [] }
    return neverDead(below: rule, at: place, countsHints: false)
  }

  private func neverDead(below rule: Rule, at place: String, countsHints: Bool) -> [PolicyTerm] {
    var countsHints = countsHints
    var parts = Array(zip(rule.partNames, rule.parts))
    switch rule {
    case .suspicious: countsHints = true
    // The second is there to be alive.
    case .unless: parts = Array(parts.prefix(1))
    case .detector, .any, .all, .atLeast, .weighted, .confirm, .fallback, .sustained, .recent, .majority:
      break
    }
    var found: [PolicyTerm] = []
    for (name, part) in parts {
      let term = countsHints ? Rule.suspicious(part) : part
      if canBeDead(term) {
        found += neverDead(below: part, at: "\(place).\(name)", countsHints: countsHints)
      } else {
        found.append(PolicyTerm(at: "\(place).\(name)", part.text, reason: reason(term)))
      }
    }
    return found
  }

  /// `can never come to dead: icmp leans to suspicious at most`.
  private func reason(_ rule: Rule) -> String {
    let limits = limited(rule).map { name, _ in
      let word =
        switch limit(of: name) {
        case .abstaining: "has no opinion"
        case .alive: "leans to alive at most"
        case .suspicious: "leans to suspicious at most"
        case .dead: "leans to dead"
        }
      return "\(PolicyError.plain(name.rawValue)) \(word)"
    }
    return "can never come to dead: " + limits.joined(separator: ", ")
  }

  /// The `suspicious` terms that change nothing: hints count there anyway.
  func idleHints(in rule: Rule, at place: String) -> [PolicyTerm] {
    func collect(_ rule: Rule, _ place: String, _ countsHints: Bool) -> [PolicyTerm] {
      var countsHints = countsHints
      var found: [PolicyTerm] = []
      if case .suspicious = rule {
        if countsHints {
          found.append(
            PolicyTerm(at: place, rule.text, reason: "changes nothing: suspicions count there anyway"))
        }
        countsHints = true
      }
      for (name, part) in zip(rule.partNames, rule.parts) {
        found += collect(part, "\(place).\(name)", countsHints)
      }
      return found
    }
    return collect(rule, place, counted < .dead)
  }
}
