/// One connection's part of a turn: signals to detectors, evidence to ballots, ballots to a verdict.
extension Engine {
  /// Lets the owner of a stream read what has come.
  func read(_ wake: inout Wake) {
    guard let pinger = sockets.pinger(wake.slot), pinger.readsStream else { return }
    let reception = pinger.receive()
    wake.note(received: reception.bytes)
    if reception.hasMore { pend(wake.slot) { _ in } }
  }

  /// One connection's turn: all its detectors, then the vote, then the challenges the vote asks for.
  func look(_ wake: inout Wake, _ now: MonotonicTime) {
    let entry = slots[wake.slot]
    guard entry.isUsed else { return }
    sockets.beginTurn(wake.slot, entry.descriptor)
    slots[wake.slot].isAtRest = false
    // What epoll reports it reports of the socket that was lent, whatever its descriptor names by now.
    guard wake.isOnlyReadiness || hasReading(wake, entry, now) || isStill(entry) else {
      return end(wake.slot, now)
    }
    read(&wake)
    let panel = panels[entry.panel]
    observe(wake, panel, now)
    var decision = panel.decide(wake.row, now: now)
    // One round of answers settles every challenge of this turn; rules ask again when their time comes.
    if !decision.challenged.isEmpty {
      var challenge = Wake(id: wake.id, row: wake.row, descriptor: wake.descriptor)
      challenge.challenged = decision.challenged
      observe(challenge, panel, now)
      let recheck = decision.recheck
      decision = panel.decide(wake.row, now: now)
      decision.recheck = min(decision.recheck, recheck)
    }
    if decision.kind != entry.kind { conclude(wake.slot, panel, decision, now) }
    if decision.kind == .alive {
      panel.settle(wake.row, now: now)
      noteRest(wake)
    }
    wake.recheck = decision.recheck
  }

  func observe(_ wake: borrowing Wake, _ panel: Panel, _ now: MonotonicTime) {
    let (id, row) = (wake.id, wake.row)
    let socket = sockets.borrow(wake.slot, wake.descriptor)
    let horizon = now + Engine.slack
    var seats = panel.seats(for: wake)
    while let seat = seats.popFirst() {
      panel.lanes[seat].observe(wake, seat: seat, now: now, horizon: horizon, socket: socket) { evidence in
        guard let evidence = consume evidence else { return }
        if let news = panel.cast(evidence, seat: seat, row: row, now: now) {
          outbox.post(.evidence(id, news))
        }
      }
    }
  }

  func conclude(_ slot: UInt32, _ panel: Panel, _ decision: Decision, _ now: MonotonicTime) {
    let entry = slots[slot]
    let row = Int(entry.row)
    slots[slot].kind = decision.kind
    if decision.kind != .alive { isDoubtful = true }
    let deciders = panel.deciders(decision.deciders, row: row)
    let cause = panel.cause(of: deciders, row: row, now: now)
    announce(slot, decision.kind, from: entry.kind, cause, deciders, panel.record(row), now)
  }

  func deadline(of entry: Slot) -> MonotonicTime {
    entry.isEnded ? .never : panels[entry.panel].deadline(Int(entry.row))
  }

  /// Whether what a source has read ahead serves this look. It names the socket, so the descriptor is not asked
  /// whose it is before something is set on it.
  func hasReading(_ wake: Wake, _ entry: Slot, _ now: MonotonicTime) -> Bool {
    guard let reader = sources.reader, wake.isOnlyDue, entry.descriptor >= 0,
      sockets.pinger(wake.slot) == nil, let info = reader.reading(cookie: entry.cookie, now: now)
    else { return false }
    sockets.access.take(info, of: entry.descriptor, cookie: entry.cookie)
    return true
  }

  /// Whether the descriptor still names the socket that was lent.
  func isStill(_ entry: Slot) -> Bool {
    entry.descriptor < 0 || (try? sockets.access.cookie(entry.descriptor)) == entry.cookie
  }

  /// The owner closed the descriptor under us: that is the end, and nothing of the socket may be touched.
  func end(_ slot: UInt32, _ now: MonotonicTime) {
    slots[slot].isEnded = true
    let entry = slots[slot]
    guard entry.kind != .dead else { return }
    slots[slot].kind = .dead
    let evidence = Evidence(
      .dead, layer: .connection, cause: .localClosed, at: now, isConclusive: true,
      notes: [.count("descriptor", entry.descriptor), .text("errno", "EBADF")])
    let deciders = Deciders([Ballot(detector: "monitor", evidence: evidence)])
    let record = panels[entry.panel].record(Int(entry.row))
    announce(slot, .dead, from: entry.kind, .localClosed, deciders, record, now)
  }

  func announce(
    _ slot: UInt32, _ kind: Decision.Kind, from previous: Decision.Kind, _ cause: Cause?,
    _ deciders: Deciders, _ record: Trail.Record, _ now: MonotonicTime
  ) {
    let change = VerdictChange(
      slots.id(slot), Verdict(kind, cause), previous: Verdict(previous, deadCauses[Int(slot)]), cause,
      deciders, record, time: now)
    deadCauses[Int(slot)] = kind == .dead ? cause : nil
    outbox.post(.verdict(change))
  }
}
