extension Ballot {
  /// Ballots in the order in which they explain a verdict: conclusive before circumstantial, graver before
  /// milder, a named culprit before mere silence, earlier before later. The order they were cast in does not
  /// matter.
  static func byWeight(_ ballots: [Ballot]) -> [Ballot] {
    ballots.sorted { left, right in
      let (a, b) = (left.evidence, right.evidence)
      if a.isConclusive != b.isConclusive { return a.isConclusive }
      if a.leaning != b.leaning { return a.leaning > b.leaning }
      if a.isMereSilence != b.isMereSilence { return b.isMereSilence }
      if a.time != b.time { return a.time < b.time }
      return left.detector < right.detector
    }
  }
}

extension Evidence {
  fileprivate var isMereSilence: Bool { cause == .pathSilent || cause == nil }
}
