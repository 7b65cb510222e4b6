public import FlatlineCore

/// The parts of a valid policy that have no effect, and the rules that can never come true.
///
/// A pure function of the policy and of its detectors' promises (``ExplainableDetector/promise(_:)``). A detector
/// without promises is assumed to be able to give any evidence.
public struct PolicyReview: Hashable, Sendable {
  /// Terms of the rules that can change no verdict, nor the time of one, and detectors that can change neither. All of
  /// them can be removed together.
  public let idleTerms: [IdleTerm]
  /// Places of rules with terms that were not examined: there are too many combinations of ballots. A rule over nine
  /// detectors with a dozen terms is examined.
  public let unsearched: [String]
  /// Rules that can never come true, because their detectors never lean as far as the rule counts.
  public let unreachable: [PolicyError]

  /// - Parameters:
  ///   - policy: any policy.
  ///   - registry: the detectors it may name.
  /// - Throws: `PolicyError` for a policy that is not valid.
  public init(_ policy: Policy, registry: DetectorRegistry) throws(PolicyError) {
    try policy.validate(with: registry)
    let detectors = try policy.makeDetectors(from: registry)
    let timers = detectors.timers()
    let named = Set(policy.suspect.detectors + policy.dead.detectors)
    var reaches: [DetectorName: DetectorReach] = [:]
    var idle: [IdleTerm] = []
    for (use, detector) in zip(policy.detectors, detectors) {
      let name = use.name
      let reach = DetectorReach(detector, in: policy, timers: timers)
      reaches[name] = reach
      if !named.contains(name), !reach.decidesAlone, [detector].timers() == SocketTimers() {
        idle.append(
          IdleTerm(
            at: "detectors.\(PolicyError.plain(name.rawValue))", PolicyError.quoted(name.rawValue),
            reason: "is in no rule, and does nothing to the socket"))
      }
    }
    var unsearched: [String] = []
    var unreachable: [PolicyError] = []
    for (rule, place, counted) in [
      (policy.suspect, "suspect", Leaning.suspicious), (policy.dead, "dead", .dead),
    ] {
      let unable = Set(rule.detectors.filter { reaches[$0].map { $0.gravest < counted } ?? false })
      if let error = PolicyReview.unreachable(rule, at: place, unable) {
        unreachable.append(error)
        continue
      }
      let search = IdleTermSearch(rule, at: place, isFinal: counted == .dead, unable: unable)
      idle += search.idleTerms
      unsearched += search.unsearched
    }
    idleTerms = idle
    self.unsearched = unsearched
    self.unreachable = unreachable
  }

  /// The error of a rule that is not dead even when every detector that can lean to dead does. Every rule is monotone:
  /// no other ballots come nearer to dead.
  private static func unreachable(
    _ rule: Rule, at place: String, _ unable: Set<DetectorName>
  ) -> PolicyError? {
    let names = rule.detectors
    guard !unable.isEmpty,
      !VotingPlan(rule: rule).votesDead(when: { unable.contains(names[$0]) ? .abstaining : .dead })
    else { return nil }
    let never = names.filter(unable.contains).map { PolicyError.plain($0.rawValue) }.joined(separator: ", ")
    let lean = never.contains(",") ? "lean" : "leans"
    let word = place == "dead" ? "dead" : "suspicious or dead"
    return PolicyError(
      at: place, found: "a rule that can never come true: \(never) never \(lean) to \(word)",
      allowed: "a rule that needs only detectors that can lean to \(word)")
  }
}
