extension VotingPlan {
  /// Votes. `ballot` gives the standing ballot of a detector.
  ///
  /// - Parameter isAnswered: the second vote of a turn, after the challenged detectors answered. After a yes of the
  ///   dead rule it skips the suspect rule: that rule has seen this turn.
  func decide(
    memory: inout VoteMemory, now: MonotonicTime, isAnswered: Bool = false, ballot: (Int) -> StandingBallot
  ) -> Decision {
    var recheck = MonotonicTime.never
    var conclusiveDetectors = DetectorSet()
    var halfClosedDetectors = DetectorSet()
    // Detectors that take epoll's bits for a FIN. A shutdown(SHUT_RD) of the app raises the same bits.
    var claimants = DetectorSet()
    var suspicion = Opinions()
    var death = Opinions()
    for detector in 0..<detectorCount {
      let standing = ballot(detector)
      let leaning = standing.leaning(at: now)
      guard leaning != .abstaining else { continue }
      recheck = min(recheck, standing.expiry)
      switch leaning {
      case .abstaining: break
      case .alive:
        suspicion.alive.insert(detector)
        death.alive.insert(detector)
      case .suspicious: suspicion.dead.insert(detector)
      case .dead:
        if standing.isHalfClose, halfClose == .halfClosed {
          // If the policy does not take a FIN for dead, a FIN is no vote for dead.
          if standing.isConclusive {
            halfClosedDetectors.insert(detector)
          } else {
            claimants.insert(detector)
          }
          continue
        }
        if standing.isConclusive, conclusive == .wins { conclusiveDetectors.insert(detector) }
        suspicion.dead.insert(detector)
        death.dead.insert(detector)
      }
    }

    suspicion.accusing = suspicion.dead
    death.accusing = suspicion.dead
    let halfClosing = halfClosedDetectors.union(claimants)
    if isAliveUnlessAccused, suspicion.dead.isEmpty, halfClosing.isEmpty, memory.isEmpty {
      return Decision(
        kind: .alive, deciders: DetectorSet(), challenged: DetectorSet(), challengers: DetectorSet(),
        recheck: recheck)
    }

    var deadDeciders = DetectorSet()
    var suspectDeciders = DetectorSet()
    var deadVote = Vote.unknown
    var suspectVote = Vote.unknown
    var challenged = DetectorSet()
    var challengers = DetectorSet()
    var remembered = DetectorSet()
    nodes.withUnsafeBufferPointer { nodes in
      var round = Round(nodes: nodes, now: now, opinions: death, isFresh: memory.isEmpty, recheck: recheck)
      deadVote = round.vote(dead, &deadDeciders, &memory)
      if deadVote != .yes || !isAnswered {
        round.opinions = suspicion
        suspectVote = round.vote(suspect, &suspectDeciders, &memory)
      }
      if !claimants.isEmpty, deadVote != .yes {
        // If the dead rule would be yes with the FIN counted as dead, the verdict is half-closed. This vote uses a
        // copy of the memory.
        round.opinions = death
        round.opinions.dead.formUnion(halfClosing)
        round.opinions.accusing.formUnion(halfClosing)
        var found = DetectorSet()
        var ownMemory = memory
        if round.vote(dead, &found, &ownMemory) == .yes {
          halfClosedDetectors.formUnion(found.intersection(halfClosing))
        }
      }
      challenged = round.challenged
      challengers = round.challengers
      remembered = round.remembered
      recheck = round.recheck
    }

    func decision(_ kind: Decision.Kind, _ deciders: DetectorSet) -> Decision {
      Decision(
        kind: kind, deciders: deciders, remembered: remembered, challenged: challenged,
        challengers: challengers, recheck: recheck)
    }
    if !conclusiveDetectors.isEmpty { return decision(.dead, conclusiveDetectors) }
    if deadVote == .yes { return decision(.dead, deadDeciders) }
    if !halfClosedDetectors.isEmpty { return decision(.halfClosed, halfClosedDetectors) }
    if suspectVote == .yes { return decision(.suspect, suspectDeciders) }
    return decision(.alive, DetectorSet())
  }
}
