public import FlatlineCore

/// The parts of a valid policy that have no effect, and the rules that can never come true.
///
/// A pure function of the policy and of its detectors' promises (``ExplainableDetector/promise(_:)``). A detector
/// without promises is assumed to be able to give any evidence.
public struct PolicyReview: Hashable, Sendable {
  /// Terms of the rules that can change no verdict, nor the time of one, and detectors that can change neither. All of
  /// them can be removed together.
  public let idleTerms: [PolicyTerm]
  /// Places of rules with terms that were not examined: there are too many combinations of ballots. A rule over nine
  /// detectors with a dozen terms is examined.
  public let unsearched: [String]
  /// Rules that can never come true, because their detectors never lean as far as the rule counts.
  public let unreachable: [PolicyError]
  /// Terms of a dead rule that can never come to dead, because their detectors never lean as far as they count, where
  /// the rule itself can. Some matter nevertheless: they can hold the rule back, as a voice of a `Rule.majority(_:)`
  /// does. The others are idle terms too.
  public let neverDead: [PolicyTerm]

  /// - Parameters:
  ///   - policy: any policy.
  ///   - registry: the detectors it may name.
  /// - Throws: `PolicyError` for a policy that is not valid.
  public init(_ policy: Policy, registry: DetectorRegistry) throws(PolicyError) {
    try policy.validate(with: registry)
    let detectors = try policy.makeDetectors(from: registry)
    let timers = detectors.timers()
    let named = Set(policy.suspect.detectors + policy.dead.detectors)
    var gravest: [DetectorName: Leaning] = [:]
    var idle: [PolicyTerm] = []
    for (use, detector) in zip(policy.detectors, detectors) {
      let name = use.name
      let reach = DetectorReach(detector, in: policy, timers: timers)
      gravest[name] = reach.gravest
      if !named.contains(name), !reach.decidesAlone, [detector].timers() == SocketTimers() {
        idle.append(
          PolicyTerm(
            at: "detectors.\(PolicyError.plain(name.rawValue))", PolicyError.quoted(name.rawValue),
            reason: "is in no rule, and does nothing to the socket"))
      }
    }
    var unsearched: [String] = []
    var unreachable: [PolicyError] = []
    var neverDead: [PolicyTerm] = []
    for (rule, place, counted) in [
      (policy.suspect, "suspect", Leaning.suspicious), (policy.dead, "dead", .dead),
    ] {
      let reach = RuleReach(gravest: gravest, counted: counted)
      guard reach.canBeDead(rule) else {
        unreachable.append(PolicyReview.unreachable(rule, at: place, reach))
        continue
      }
      if counted == .dead { neverDead = reach.neverDead(in: rule, at: place) }
      let search = IdleTermSearch(
        rule, at: place, isFinal: counted == .dead, unable: reach.unable(rule), muted: reach.muted(rule))
      idle += search.idleTerms.map { term in neverDead.first { $0.place == term.place } ?? term }
      idle += reach.idleHints(in: rule, at: place)
      unsearched += search.unsearched
    }
    idleTerms = idle
    self.unsearched = unsearched
    self.unreachable = unreachable
    self.neverDead = neverDead
  }

  /// The error of a rule that can never come to dead.
  private static func unreachable(_ rule: Rule, at place: String, _ reach: RuleReach) -> PolicyError {
    let limited = reach.limited(rule)
    func words(_ leaning: Leaning) -> String { leaning < .dead ? "suspicious or dead" : "dead" }
    let never = [Leaning.dead, .suspicious].compactMap { counted -> String? in
      let names = limited.filter { $0.counted == counted }.map { PolicyError.plain($0.detector.rawValue) }
      guard !names.isEmpty else { return nil }
      return
        "\(names.joined(separator: ", ")) never \(names.count > 1 ? "lean" : "leans") to \(words(counted))"
    }
    return PolicyError(
      at: place, found: "a rule that can never come true: \(never.joined(separator: ", "))",
      allowed: "a rule that needs only detectors that can lean to \(words(reach.counted))")
  }
}
