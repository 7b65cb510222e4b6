/// The ballots that decided a verdict: those of some detectors, as they stood. They are sorted on access, so that
/// no verdict waits for it.
struct Deciders: Sendable {
  private let ballots: ContiguousArray<Ballot?>
  private let detectors: DetectorSet

  /// - Parameters:
  ///   - detectors: the detectors that decided.
  ///   - ballots: the ballot of every detector, if it has one.
  init(_ detectors: DetectorSet, of ballots: ContiguousArray<Ballot?>) {
    self.detectors = detectors
    self.ballots = ballots
  }

  init(_ ballots: [Ballot]) {
    var detectors = DetectorSet()
    for detector in ballots.indices { detectors.insert(detector) }
    self.init(detectors, of: ContiguousArray(ballots))
  }

  /// The cause of an end by the kernel, if all deciding ballots name the same one. That is the usual case, and no
  /// ballot is weighed against another.
  func plainCause(_ end: EndFinding) -> Cause? {
    var common: Cause?
    var rest = detectors
    while let detector = rest.popFirst() {
      guard detector < ballots.count, let ballot = ballots[detector] else { continue }
      guard let cause = ballot.plainCause(end), common == nil || common == cause else { return nil }
      common = cause
    }
    return common
  }

  /// Whether any of them takes epoll's bits for an end.
  var claimsEnd: Bool {
    var rest = detectors
    while let detector = rest.popFirst() {
      if detector < ballots.count, let ballot = ballots[detector], ballot.claimsEnd { return true }
    }
    return false
  }

  /// Whether they rest on the peer's silence alone: nothing of the kernel's, and no loss on our side.
  var restOnSilence: Bool {
    var rest = detectors
    while let detector = rest.popFirst() {
      if detector < ballots.count, let ballot = ballots[detector], !ballot.evidence.isSilenceOfPeer {
        return false
      }
    }
    return true
  }

  /// The one that explains the verdict best.
  var weightiest: Ballot? {
    var best: Ballot?
    var rest = detectors
    while let detector = rest.popFirst() {
      guard detector < ballots.count, let ballot = ballots[detector] else { continue }
      if let standing = best, !ballot.outweighs(standing) { continue }
      best = ballot
    }
    return best
  }

  var byWeight: [Ballot] {
    Ballot.byWeight(ballots.enumerated().compactMap { detectors.contains($0.offset) ? $0.element : nil })
  }
}
