extension VotingPlan {
  /// Votes. `ballot` gives the standing ballot of a seat.
  func decide(
    memory: inout VoteMemory, now: MonotonicTime, ballot: (Int) -> StandingBallot
  ) -> Decision {
    var recheck = MonotonicTime.never
    var conclusiveSeats = SeatSet()
    var halfClosedSeats = SeatSet()
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
          halfClosedSeats.insert(seat)
          continue
        }
        if standing.isConclusive, conclusive == .wins { conclusiveSeats.insert(seat) }
        suspicion.dead.insert(seat)
        death.dead.insert(seat)
      }
    }

    if isAliveUnlessAccused, suspicion.dead.isEmpty, halfClosedSeats.isEmpty, memory.isEmpty {
      return Decision(kind: .alive, deciders: SeatSet(), challenged: SeatSet(), recheck: recheck)
    }

    var deadDeciders = SeatSet()
    var suspectDeciders = SeatSet()
    var deadVote = Vote.abstain
    var suspectVote = Vote.abstain
    var challenged = SeatSet()
    nodes.withUnsafeBufferPointer { nodes in
      var round = Round(nodes: nodes, now: now, opinions: death, recheck: recheck)
      deadVote = round.vote(dead, &deadDeciders, &memory)
      round.opinions = suspicion
      suspectVote = round.vote(suspect, &suspectDeciders, &memory)
      challenged = round.challenged
      recheck = round.recheck
    }

    func decision(_ kind: Decision.Kind, _ deciders: SeatSet) -> Decision {
      Decision(kind: kind, deciders: deciders, challenged: challenged, recheck: recheck)
    }
    if !conclusiveSeats.isEmpty { return decision(.dead, conclusiveSeats) }
    if deadVote == .dead { return decision(.dead, deadDeciders) }
    if !halfClosedSeats.isEmpty { return decision(.halfClosed, halfClosedSeats) }
    if suspectVote == .dead { return decision(.suspect, suspectDeciders) }
    return decision(.alive, SeatSet())
  }
}

/// What the seats say to one rule; those in neither set abstain.
private struct Opinions {
  var dead = SeatSet()
  var alive = SeatSet()
}

/// One walk over the rules. It does not outlive the buffer, which is the plan's own.
private struct Round {
  let nodes: UnsafeBufferPointer<VotingPlan.Node>
  let now: MonotonicTime
  var opinions: Opinions
  var recheck: MonotonicTime
  var challenged = SeatSet()

  /// The vote of a node; the seats that made it dead are added to `deciders`.
  ///
  /// Every part is visited even where the outcome is settled, so that each remembers its own time.
  mutating func vote(_ index: Int, _ deciders: inout SeatSet, _ memory: inout VoteMemory) -> Vote {
    let node = nodes[index]
    switch node.kind {
    case .nobody: return .abstain

    case .seats:
      let found = node.seats.intersection(opinions.dead)
      let alive = node.seats.intersection(opinions.alive)
      return settle(
        found.count >= Int(node.count), node.seats.count - alive.count >= Int(node.count), found, &deciders)

    case .atLeast:
      var dead = 0
      var possible = 0
      var found = SeatSet()
      var part = index + 1
      while part < Int(node.end) {
        let vote = self.vote(part, &found, &memory)
        dead += vote == .dead ? 1 : 0
        possible += vote == .alive ? 0 : 1
        part = Int(nodes[part].end)
      }
      return settle(dead >= Int(node.count), possible >= Int(node.count), found, &deciders)

    case .weighted:
      var dead = 0.0
      var possible = 0.0
      var found = SeatSet()
      var part = index + 1
      while part < Int(node.end) {
        let vote = self.vote(part, &found, &memory)
        dead += vote == .dead ? nodes[part].weight : 0
        possible += vote == .alive ? 0 : nodes[part].weight
        part = Int(nodes[part].end)
      }
      return settle(dead >= node.threshold, possible >= node.threshold, found, &deciders)

    case .confirm:
      var found = SeatSet()
      let firstVote = vote(index + 1, &found, &memory)
      let second = Int(nodes[index + 1].end)
      let secondVote = vote(second, &found, &memory)
      ask(nodes[second].seats, because: firstVote == .dead && secondVote != .dead, node, &memory)
      let both = min(firstVote, secondVote)
      return settle(both == .dead, both != .alive, found, &deciders)

    case .fallback:
      var firstSeats = SeatSet()
      var secondSeats = SeatSet()
      let firstVote = vote(index + 1, &firstSeats, &memory)
      let secondVote = vote(Int(nodes[index + 1].end), &secondSeats, &memory)
      let isFirst = firstVote != .abstain
      deciders.formUnion(isFirst ? firstSeats : secondSeats)
      return isFirst ? firstVote : secondVote

    case .unless:
      var found = SeatSet()
      var ignored = SeatSet()
      let vote = self.vote(index + 1, &found, &memory)
      let isVetoed = self.vote(Int(nodes[index + 1].end), &ignored, &memory) == .alive
      guard vote == .dead, !isVetoed else { return min(vote, .abstain) }
      deciders.formUnion(found)
      return .dead

    case .sustained:
      let place = Int(node.place)
      var found = SeatSet()
      let vote = self.vote(index + 1, &found, &memory)
      guard vote == .dead else {
        memory[place] = .never
        return vote
      }
      let since = min(memory[place], now)
      memory[place] = since
      guard now < since + node.wait else {
        deciders.formUnion(found)
        return .dead
      }
      recheck = min(recheck, since + node.wait)
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

  /// Challenges seats when the reason begins, and again at each period while it lasts.
  private mutating func ask(
    _ seats: SeatSet, because reason: Bool, _ node: VotingPlan.Node, _ memory: inout VoteMemory
  ) {
    let place = Int(node.place)
    guard reason else {
      memory[place] = .never
      return
    }
    if memory[place] == .never || now >= memory[place] + node.wait {
      memory[place] = now
      challenged.formUnion(seats)
    }
    recheck = min(recheck, memory[place] + node.wait)
  }
}
