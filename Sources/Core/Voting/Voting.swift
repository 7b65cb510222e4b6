extension VotingPlan {
  /// Votes. `ballot` gives the standing ballot of a seat.
  ///
  /// - Parameter isAnswered: the second vote of a turn, after the challenged have answered. What has come to dead then is not asked
  ///   for a suspicion too: those rules have seen this turn.
  func decide(
    memory: inout VoteMemory, now: MonotonicTime, isAnswered: Bool = false, ballot: (Int) -> StandingBallot
  ) -> Decision {
    var recheck = MonotonicTime.never
    var conclusiveSeats = SeatSet()
    var halfClosedSeats = SeatSet()
    // What takes epoll's bits for a FIN: a shutdown(SHUT_RD) of the app raises them too.
    var claimants = SeatSet()
    var suspicion = Opinions()
    var death = Opinions()
    for seat in 0..<seats {
      let standing = ballot(seat)
      let leaning = standing.leaning(at: now)
      guard leaning != .abstaining else { continue }
      recheck = min(recheck, standing.expiry)
      switch leaning {
      case .abstaining: break
      case .alive:
        suspicion.alive.insert(seat)
        death.alive.insert(seat)
      case .suspicious: suspicion.dead.insert(seat)
      case .dead:
        if standing.isHalfClose, halfClose == .halfClosed {
          // Where a FIN is no death, it is no vote for one.
          if standing.isConclusive { halfClosedSeats.insert(seat) } else { claimants.insert(seat) }
          continue
        }
        if standing.isConclusive, conclusive == .wins { conclusiveSeats.insert(seat) }
        suspicion.dead.insert(seat)
        death.dead.insert(seat)
      }
    }

    let halfClosing = halfClosedSeats.union(claimants)
    if isAliveUnlessAccused, suspicion.dead.isEmpty, halfClosing.isEmpty, memory.isEmpty {
      return Decision(
        kind: .alive, deciders: SeatSet(), challenged: SeatSet(), challengers: SeatSet(), recheck: recheck)
    }

    var deadDeciders = SeatSet()
    var suspectDeciders = SeatSet()
    var deadVote = Vote.abstain
    var suspectVote = Vote.abstain
    var challenged = SeatSet()
    var challengers = SeatSet()
    nodes.withUnsafeBufferPointer { nodes in
      var round = Round(nodes: nodes, now: now, opinions: death, isFresh: memory.isEmpty, recheck: recheck)
      deadVote = round.vote(dead, &deadDeciders, &memory)
      if deadVote != .dead || !isAnswered {
        round.opinions = suspicion
        suspectVote = round.vote(suspect, &suspectDeciders, &memory)
      }
      if !claimants.isEmpty, deadVote != .dead {
        // What would be a death if a FIN were one is half-closed. It is asked about on a memory of its own.
        round.opinions = death
        round.opinions.dead.formUnion(halfClosing)
        var found = SeatSet()
        var ownMemory = memory
        if round.vote(dead, &found, &ownMemory) == .dead {
          halfClosedSeats.formUnion(found.intersection(halfClosing))
        }
      }
      challenged = round.challenged
      challengers = round.challengers
      recheck = round.recheck
    }

    func decision(_ kind: Decision.Kind, _ deciders: SeatSet) -> Decision {
      Decision(
        kind: kind, deciders: deciders, challenged: challenged, challengers: challengers, recheck: recheck)
    }
    if !conclusiveSeats.isEmpty { return decision(.dead, conclusiveSeats) }
    if deadVote == .dead { return decision(.dead, deadDeciders) }
    if !halfClosedSeats.isEmpty { return decision(.halfClosed, halfClosedSeats) }
    if suspectVote == .dead { return decision(.suspect, suspectDeciders) }
    return decision(.alive, SeatSet())
  }
}
