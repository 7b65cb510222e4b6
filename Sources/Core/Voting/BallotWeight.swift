extension Ballot {
  /// Ballots by how well they explain a verdict: conclusive before circumstantial, graver before milder, a named
  /// cause before mere silence, earlier before later. Among ballots of one moment, a reset by the peer comes last:
  /// it is the default cause of an end when too little was seen before. The order of casting does not matter.
  static func byWeight(_ ballots: [Ballot]) -> [Ballot] {
    ballots.sorted { $0.outweighs($1) }
  }

  func outweighs(_ other: Ballot) -> Bool {
    let (isConclusive, otherIsConclusive) = (evidence.isConclusive, other.evidence.isConclusive)
    if isConclusive != otherIsConclusive { return isConclusive }
    let (leaning, otherLeaning) = (evidence.leaning, other.evidence.leaning)
    if leaning != otherLeaning { return leaning > otherLeaning }
    let (isMereSilence, otherIsMereSilence) = (evidence.isMereSilence, other.evidence.isMereSilence)
    if isMereSilence != otherIsMereSilence { return otherIsMereSilence }
    if evidence.time != other.evidence.time { return evidence.time < other.evidence.time }
    let (isReset, otherIsReset) = (evidence.cause == .peerReset, other.evidence.cause == .peerReset)
    if isReset != otherIsReset { return otherIsReset }
    return detector < other.detector
  }
}

extension Evidence {
  fileprivate var isMereSilence: Bool { cause == .pathSilent || cause == nil }
}
