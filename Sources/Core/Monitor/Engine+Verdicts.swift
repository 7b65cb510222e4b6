/// From ballots to verdicts.
extension Engine {
  /// Takes the vote, examines the challenged detectors in the same turn, and concludes.
  func vote(_ wake: inout Wake, _ entry: Slot, _ group: PolicyGroup, _ now: MonotonicTime) {
    var decision = group.decide(wake.row, now: now)
    // One round of answers serves every challenge of this turn. Rules challenge again after their period.
    let challenged = decision.challenged.intersection(challengeable(wake, group))
    if !challenged.isEmpty {
      // A challenge needs a reading of now.
      if wake.isReadAhead { look.tcpInfo = nil }
      _ = challenge(challenged, by: decision.challengers, &wake, group, now)
      let recheck = decision.recheck
      decision = group.decide(wake.row, now: now, isAnswered: true)
      decision.recheck = min(decision.recheck, recheck)
    }
    if isHeldBack(decision, wake, group, now) {
      slots[wake.slot].isAtRest = false
      wake.recheck = min(decision.recheck, awakenings[Int(wake.slot)]?.limit ?? .never)
      return
    }
    if entry.kind == .dead {
      if decision.kind == .alive { concludeMistake(wake, group, now) }
    } else if decision.kind != entry.kind {
      conclude(wake, group, decision, now)
    }
    if decision.kind == .alive { group.settle(wake.row, now: now) }
    slots[wake.slot].isAtRest =
      decision.kind == .alive && decision.recheck == .never && !group.isInTrouble(wake.row)
    let isOver = slots[wake.slot].isEnded || (slots[wake.slot].kind == .dead && group.ends[wake.row] != nil)
    // A dead connection that the kernel has ended needs no more looks.
    if isOver { slots[wake.slot].isEnded = true }
    wake.recheck = decision.recheck
  }

  /// Whether a decision is not told: an accusation by silence in a pause, or a recovery of which nothing has been heard
  /// since the machine woke.
  private func isHeldBack(
    _ decision: Decision, _ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime
  ) -> Bool {
    let kind = slots[wake.slot].kind
    switch decision.kind {
    case .alive, .halfClosed: return kind == .suspect && isAwakening(wake, group, now)
    case .suspect, .dead:
      return look.isPaused && kind != .dead && decision.kind != kind
        && group.deciders(of: decision, row: wake.row).restOnSilence
    }
  }

  private func conclude(_ wake: Wake, _ group: PolicyGroup, _ decision: Decision, _ now: MonotonicTime) {
    let previous = slots[wake.slot].kind
    slots[wake.slot].kind = decision.kind
    if decision.kind != .alive { hasSuspicion = true }
    let deciders = group.deciders(of: decision, row: wake.row)
    // epoll's bits do not show the cause; the connection end does.
    if decision.kind != .alive, deciders.claimsEnd, wake.descriptor >= 0 { readTCPInfo(wake, group, now) }
    let finding = look.end.map(EndFinding.found) ?? (look.tcpInfo == nil ? .unknown : .none)
    let cause = group.cause(of: deciders, row: wake.row, end: finding, now: now)
    announce(
      wake.slot, decision.kind, from: previous, cause, deciders, group.record(wake.row), now,
      isOrderly: cause == .peerClosed && look.end?.isOrderly == true)
  }

  /// A dead verdict is final. A later ballot for alive shows a mistake. It is reported once, and the looks end.
  private func concludeMistake(_ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime) {
    guard let cause = deadCauses[Int(wake.slot)], let ballot = group.latest(wake.row, now: now) else {
      return
    }
    slots[wake.slot].isEnded = true
    // Without looks, no option is of use, and nothing would restore one that is held for a while.
    releaseOptions(slots[wake.slot], isSameSocket: isSameSocket(slots[wake.slot]))
    outbox.post(.mistake(Mistake(connection: wake.id, cause: cause, ballot: ballot, time: now)))
  }

  /// The owner closed the descriptor during the watch. The verdict is dead, and nothing of the socket may be
  /// touched.
  func end(_ slot: UInt32, _ now: MonotonicTime) {
    actions.removeAll(keepingCapacity: true)
    slots[slot].isEnded = true
    timers.set(slot, .never)
    let entry = slots[slot]
    releaseOptions(entry, isSameSocket: false)
    guard entry.kind != .dead else { return }
    slots[slot].kind = .dead
    let evidence = Evidence(
      .dead, layer: .connection, cause: .localClosed, at: now, isConclusive: true,
      notes: [.count("descriptor", entry.descriptor), .text("errno", "EBADF")])
    let deciders = Deciders([Ballot(detector: "monitor", evidence: evidence)])
    let record = groups[entry.group].record(Int(entry.row))
    announce(slot, .dead, from: entry.kind, .localClosed, deciders, record, now)
  }

  func announce(
    _ slot: UInt32, _ kind: Decision.Kind, from previous: Decision.Kind, _ cause: Cause?,
    _ deciders: Deciders, _ record: Trail.Record, _ now: MonotonicTime, isOrderly: Bool = false
  ) {
    if kind == .dead { awakenings[Int(slot)] = nil }
    let verdict = Verdict(kind, cause)
    let change = VerdictChange(
      slots.id(slot), verdict, previous: Verdict(previous, nil), cause, deciders, record, time: now,
      isOrderly: isOrderly)
    if case .dead(let cause) = verdict { deadCauses[Int(slot)] = cause }
    outbox.post(.verdict(change))
  }
}
