import Flatline

/// An explanation as one JSON object.
enum ExplanationJSON {
  static func line(_ explanation: Explanation, _ review: PolicyReview) -> String {
    JSON.object([
      "policy": .text(explanation.policy.name), "rtt_ms": .milliseconds(explanation.roundTrip),
      "promises": .list(explanation.promises.map(promise)),
      "left_out": names(explanation.leftOut), "survives": survives(explanation.policy),
      "conflicts": .list(
        explanation.conflicts.map {
          .object(["gravity": .text($0.gravity.rawValue), "what": .text($0.what), "rule": .text($0.rule)])
        }),
      "idle_terms": .list(review.idleTerms.map(term)),
      "unreachable": .list(review.unreachable.map { .text($0.place) }),
      "unsearched": .list(review.unsearched.map(JSON.text)),
      "never_dead": .list(review.neverDead.map(term)),
    ]).line
  }

  private static func term(_ term: PolicyTerm) -> JSON {
    .object(["place": .text(term.place), "term": .text(term.text), "reason": .text(term.reason)])
  }

  private static func promise(_ promise: Explanation.Promise) -> JSON {
    .object([
      "fault": .text(promise.fault.rawValue), "traffic": .text(promise.traffic.rawValue),
      "suspect_ms": milliseconds(promise.suspect), "suspected_by": names(promise.suspectedBy),
      "may_suspect": .bool(promise.maySuspect),
      "dead_ms": milliseconds(promise.dead), "may_die": .bool(promise.mayDie),
      "decided_by": names(promise.decidedBy),
      "earliest_suspect_ms": milliseconds(promise.earliestSuspect),
      "earliest_dead_ms": milliseconds(promise.earliestDead),
      "half_closed_ms": milliseconds(promise.halfClosed),
      "cause": promise.cause.map { .text($0.rawValue) } ?? .null,
      "other_causes": .list(promise.otherCauses.map { .text($0.rawValue) }),
    ])
  }

  private static func milliseconds(_ duration: Duration?) -> JSON { duration.map(JSON.milliseconds) ?? .null }

  private static func names(_ names: [DetectorName]) -> JSON { .list(names.map { .text($0.rawValue) }) }
}
