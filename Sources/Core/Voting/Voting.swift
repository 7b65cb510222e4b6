extension VotingPlan {
  /// Votes. `ballot` gives the standing ballot of a seat.
  func decide(
    memory: inout VoteMemory, now: MonotonicTime, ballot: (Int) -> StandingBallot
  ) -> Decision {
    var recheck = MonotonicTime.never
    var conclusiveSeats = SeatSet()
    var halfClosedSeats = SeatSet()
    for seat in 0..<seats {
      let standing = ballot(seat)
      guard standing.leaning(at: now) != .abstaining else { continue }
      recheck = min(recheck, standing.expiry)
      guard standing.leaning == .dead else { continue }
      if standing.isHalfClose, halfClose == .halfClosed {
        halfClosedSeats.insert(seat)
      } else if standing.isConclusive, conclusive == .wins {
        conclusiveSeats.insert(seat)
      }
    }

    let keepsHalfClosed = halfClose == .halfClosed
    func vote(of seat: Int, whenSuspicious: Vote) -> Vote {
      guard seat >= 0 else { return .abstain }
      let standing = ballot(seat)
      switch standing.leaning(at: now) {
      case .abstaining: return .abstain
      case .alive: return .alive
      case .suspicious: return whenSuspicious
      // Where a FIN is no death, it is no vote for one.
      case .dead: return standing.isHalfClose && keepsHalfClosed ? .abstain : .dead
      }
    }
    var round = Round(now: now, recheck: recheck, memory: memory)
    var deadDeciders = SeatSet()
    let deadVote = round.vote(dead, &deadDeciders) { vote(of: $0, whenSuspicious: .abstain) }
    var suspectDeciders = SeatSet()
    let suspectVote = round.vote(suspect, &suspectDeciders) { vote(of: $0, whenSuspicious: .dead) }
    memory = round.memory

    func decision(_ kind: Decision.Kind, _ deciders: SeatSet) -> Decision {
      Decision(kind: kind, deciders: deciders, challenged: round.challenged, recheck: round.recheck)
    }
    if !conclusiveSeats.isEmpty { return decision(.dead, conclusiveSeats) }
    if deadVote == .dead { return decision(.dead, deadDeciders) }
    if !halfClosedSeats.isEmpty { return decision(.halfClosed, halfClosedSeats) }
    if suspectVote == .dead { return decision(.suspect, suspectDeciders) }
    return decision(.alive, SeatSet())
  }
}

/// One walk over the rules.
private struct Round {
  let now: MonotonicTime
  var recheck: MonotonicTime
  var memory: VoteMemory
  var challenged = SeatSet()

  /// The vote of a node; the seats that made it dead are added to `deciders`.
  ///
  /// Every part is visited even where the outcome is settled, so that each remembers its own time.
  mutating func vote(
    _ node: VotingPlan.Node, _ deciders: inout SeatSet, _ opinion: (Int) -> Vote
  ) -> Vote {
    switch node {
    case .seat(let seat):
      let vote = opinion(seat)
      if vote == .dead { deciders.insert(seat) }
      return vote

    case .atLeast(let count, let nodes):
      var dead = 0
      var possible = 0
      var found = SeatSet()
      for node in nodes {
        let vote = self.vote(node, &found, opinion)
        dead += vote == .dead ? 1 : 0
        possible += vote == .alive ? 0 : 1
      }
      return settle(dead >= count, possible >= count, found, &deciders)

    case .weighted(let threshold, let nodes):
      var dead = 0.0
      var possible = 0.0
      var found = SeatSet()
      for (node, weight) in nodes {
        let vote = self.vote(node, &found, opinion)
        dead += vote == .dead ? weight : 0
        possible += vote == .alive ? 0 : weight
      }
      return settle(dead >= threshold, possible >= threshold, found, &deciders)

    case .confirm(let first, let second, let within, let place):
      var found = SeatSet()
      let firstVote = vote(first, &found, opinion)
      let secondVote = vote(second, &found, opinion)
      ask(second, because: firstVote == .dead && secondVote != .dead, every: within, place)
      let both = min(firstVote, secondVote)
      return settle(both == .dead, both != .alive, found, &deciders)

    case .fallback(let first, let second):
      var firstSeats = SeatSet()
      var secondSeats = SeatSet()
      let firstVote = vote(first, &firstSeats, opinion)
      let secondVote = vote(second, &secondSeats, opinion)
      let isFirst = firstVote != .abstain
      deciders.formUnion(isFirst ? firstSeats : secondSeats)
      return isFirst ? firstVote : secondVote

    case .unless(let node, let witness):
      var found = SeatSet()
      var ignored = SeatSet()
      let vote = self.vote(node, &found, opinion)
      let isVetoed = self.vote(witness, &ignored, opinion) == .alive
      guard vote == .dead, !isVetoed else { return min(vote, .abstain) }
      deciders.formUnion(found)
      return .dead

    case .sustained(let node, let duration, let place):
      var found = SeatSet()
      let vote = self.vote(node, &found, opinion)
      guard vote == .dead else {
        memory[place] = .never
        return vote
      }
      let since = min(memory[place], now)
      memory[place] = since
      guard now < since + duration else {
        deciders.formUnion(found)
        return .dead
      }
      recheck = min(recheck, since + duration)
      return .abstain
    }
  }

  private func settle(
    _ isDead: Bool, _ isPossible: Bool, _ found: SeatSet, _ deciders: inout SeatSet
  ) -> Vote {
    guard isDead else { return isPossible ? .abstain : .alive }
    deciders.formUnion(found)
    return .dead
  }

  /// Challenges the seats of a node when the reason begins, and again at each `period` while it lasts.
  private mutating func ask(
    _ node: VotingPlan.Node, because reason: Bool, every period: Duration, _ place: Int
  ) {
    guard reason else {
      memory[place] = .never
      return
    }
    if memory[place] == .never || now >= memory[place] + period {
      memory[place] = now
      challenged.formUnion(node.seats)
    }
    recheck = min(recheck, memory[place] + period)
  }
}

extension VotingPlan.Node {
  /// Every seat the node looks at.
  fileprivate var seats: SeatSet {
    var set = SeatSet()
    switch self {
    case .seat(let seat): set.insert(seat)
    case .atLeast(_, let nodes): for node in nodes { set.formUnion(node.seats) }
    case .weighted(_, let nodes): for (node, _) in nodes { set.formUnion(node.seats) }
    case .confirm(let first, let second, _, _), .fallback(let first, let second),
      .unless(let first, let second):
      set.formUnion(first.seats)
      set.formUnion(second.seats)
    case .sustained(let node, _, _): set.formUnion(node.seats)
    }
    return set
  }
}
