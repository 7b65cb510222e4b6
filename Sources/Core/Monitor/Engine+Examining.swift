/// One connection's part of a turn: a look to its detectors, opinions to ballots, ballots to a verdict, then the actions.
extension Engine {
  /// One connection's turn: the woken detectors, the vote if anything changed, and the challenges of the vote.
  func look(at wake: inout Wake, _ now: MonotonicTime) {
    guard slots.contains(wake.id) else { return }
    let entry = slots[wake.slot]
    guard !entry.isEnded else { return }
    looks &+= 1
    let group = groups[entry.group]
    beginLook(wake, entry, now)
    guard verify(&wake, entry, now) else { return end(wake.slot, now) }
    switch read(&wake, entry) {
    case .watched: break
    case .unwatched: return
    case .replaced: return end(wake.slot, now)
    }
    if wake.readiness.contains(.error) { findSoftError(&wake, entry) }
    look.isPaused = isPaused(wake, group, now)
    askAfterSuspension(&wake)
    var detectors = group.detectors(for: wake, horizon: now + Engine.slack, isPaused: look.isPaused)
    let before = group.baselines[wake.row]
    fillReadings(detectors, wake, group, now)
    let isQuiet = look.tcpInfo.map(before.hasHeardNothing) ?? true
    let concerned = findChangedOptions(&wake, entry, group, now, isQuiet: isQuiet)
    if !concerned.isEmpty {
      detectors.formUnion(concerned)
      fillReadings(concerned, wake, group, now)
    }
    guard var hasSaid = examine(detectors, &wake, group, now) else { return end(wake.slot, now) }
    if wake.isRequested {
      hasSaid = challenge(challengeable(wake, group), by: DetectorSet(), &wake, group, now) || hasSaid
    }
    // At rest, only a new ballot changes the vote.
    if hasSaid || !entry.isAtRest || !slots[wake.slot].isAtRest { vote(&wake, entry, group, now) }
    perform(wake, now)
  }

  /// Fills the engine's look with the values that are the same for all detectors of the connection.
  func beginLook(_ wake: Wake, _ entry: Slot, _ now: MonotonicTime) {
    sockets.beginTurn(wake.slot, entry.descriptor)
    if !actions.isEmpty { actions.removeAll(keepingCapacity: true) }
    look.now = now
    look.stall = .zero
    look.hasSoftError = false
    look.slept = .zero
    look.isPaused = false
    look.tcpInfo = nil
    look.end = nil
    look.unread = nil
    look.descriptor = entry.descriptor
    look.canPing = sockets.pinger(wake.slot) != nil
    look.received = wake.received
  }

  /// Whether the look is at the borrowed socket, as far as this look must know that now.
  ///
  /// epoll always reports the borrowed socket, even if the descriptor names another by now. A reading made ahead is
  /// found by the socket's cookie. Most looks at a connection at rest trust the descriptor, because the check
  /// (SO_COOKIE) costs nearly as much as the reading. Such a look makes the check before any evidence or action.
  private func verify(_ wake: inout Wake, _ entry: Slot, _ now: MonotonicTime) -> Bool {
    if wake.isOnlyReadiness { return true }
    slots[wake.slot].looks = (entry.looks + 1) % Engine.looksPerReading
    wake.readsOptions = entry.looks == 0
    wake.isReadAhead = takeReading(wake, entry, now)
    if wake.isReadAhead { return true }
    wake.isTrusted = entry.isAtRest && wake.isOnlyDue && entry.looks % Engine.looksPerCheck != 0
    if wake.isTrusted { return true }
    wake.isVerified = true
    return isSameSocket(entry)
  }

  /// Takes the reading that a source has made ahead, if it serves this look.
  private func takeReading(_ wake: Wake, _ entry: Slot, _ now: MonotonicTime) -> Bool {
    guard let reader = sources.reader, wake.isOnlyDue, entry.descriptor >= 0, !look.canPing,
      let info = reader.reading(cookie: entry.cookie, now: now)
    else { return false }
    look.tcpInfo = info
    return true
  }

  /// Whether the descriptor still names the borrowed socket (SO_COOKIE).
  func isSameSocket(_ entry: Slot) -> Bool {
    entry.descriptor < 0 || (try? sockets.access.cookie(entry.descriptor)) == entry.cookie
  }

  /// The effect of the owner's read on the watch: none, it was ended, or its descriptor was closed.
  private enum Reading { case watched, unwatched, replaced }

  /// Lets the owner of a stream read the waiting bytes.
  private func read(_ wake: inout Wake, _ entry: Slot) -> Reading {
    guard look.canPing, let pinger = sockets.pinger(wake.slot) else { return .watched }
    guard pinger.readsStream else { return slots.contains(wake.id) ? .watched : .unwatched }
    let reception = pinger.receive()
    guard slots.contains(wake.id) else { return .unwatched }
    guard isSameSocket(entry) else { return .replaced }
    wake.isVerified = true
    wake.note(received: reception.bytes)
    look.received = wake.received
    if reception.hasMore { pend(wake.slot) { _ in } }
    return .watched
  }

  /// Has detectors examine the look, whose readings are made, and casts their evidence.
  ///
  /// - Returns: whether any ballot changed; `nil`, and nothing is cast, if the descriptor turns out to name another socket.
  func examine(
    _ detectors: DetectorSet, _ wake: inout Wake, _ group: PolicyGroup, _ now: MonotonicTime,
    challengedBy challengers: DetectorSet? = nil, isStall: Bool = false
  ) -> Bool? {
    if detectors.isEmpty { return false }
    look.isChallenged = challengers != nil
    look.readiness = challengers == nil ? wake.readiness : []
    if challengers != nil, !look.changedOptions.isEmpty { look.changedOptions = [] }
    phase = .examining
    defer { phase = .turning }
    let horizon = now + Engine.slack
    var hasChanged = false
    var rest = detectors
    while let detector = rest.popFirst() {
      let column = group.columns[detector]
      if !isStall, challengers == nil {
        look.isDue =
          wake.isDue && column.nextLook(wake.row) <= horizon + column.leeway
          && (!look.isPaused || group.attentive.contains(detector))
        look.setNews(wake.informed.contains(detector) ? sources.news(of: wake.id, from: column.source) : nil)
        look.pingOutcome = wake.pinged.flatMap { $0.detectors.contains(detector) ? $0.outcome : nil }
      } else {
        look.isDue = false
        look.setNews(nil)
        look.pingOutcome = nil
      }
      var opinion = examine(column, detector, wake.row, group)
      if group.fault.isRaised { reportFault(of: detector, wake, group, now) }
      if !opinion.actions.isEmpty { for action in opinion.actions { actions.append((detector, action)) } }
      guard var evidence = opinion.evidence.take() else { continue }
      if wake.isTrusted, !wake.isVerified {
        guard isSameSocket(slots[wake.slot]) else { return nil }
        wake.isVerified = true
      }
      if let challengers { evidence.challengedBy = group.names(challengers) }
      // An end says for itself what ended.
      if evidence.leaning > .alive, !evidence.isConclusive, evidence.readiness == nil {
        addDistance(to: &evidence, wake)
      }
      switch group.cast(evidence, detector: detector, row: wake.row, now: now) {
      case .nothing: break
      case .ballot: hasChanged = true
      case .news(let ballot):
        hasChanged = true
        outbox.post(.evidence(wake.id, ballot))
      }
    }
    return hasChanged
  }

  /// Has detectors examine the look again, with readings of their own, for rules or the app that ask now.
  ///
  /// - Parameter challengers: the detectors whose accusation they are to confirm; none if the app asks.
  /// - Returns: whether any ballot changed.
  func challenge(
    _ detectors: DetectorSet, by challengers: DetectorSet, _ wake: inout Wake, _ group: PolicyGroup,
    _ now: MonotonicTime
  ) -> Bool {
    fillReadings(detectors, wake, group, now)
    return examine(detectors, &wake, group, now, challengedBy: challengers) ?? false
  }

  /// Says of an accusation how near that is which acknowledges, where that is nearer than the peer's address promises.
  private func addDistance(to evidence: inout Evidence, _ wake: Wake) {
    guard let info = evidence.tcpInfo ?? look.tcpInfo else { return }
    let fact = AnswerDistance.fact(info) {
      try? sockets.access(wake.slot, wake.descriptor).endpoints(wake.descriptor)
    }
    if let fact { evidence.notes.append(fact) }
  }

  /// One detector's examination of the look, counted and perhaps timed.
  private func examine(
    _ column: any DetectorColumn, _ detector: Int, _ row: Int, _ group: PolicyGroup
  ) -> Opinion {
    guard group.accounts[detector].count() else { return column.examine(row, look) }
    let start = clock.now()
    let opinion = column.examine(row, look)
    group.accounts[detector].add(clock.now() - start)
    return consume opinion
  }

  /// A detector does not move its next look on. The monitor does, and says so once a connection.
  private func reportFault(of detector: Int, _ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime) {
    group.fault.isRaised = false
    note(
      [.text("detector_fault", "it asks for its next look at once, again and again: made less often")],
      of: detector, wake, group, now)
  }

  /// Reports facts about a detector. Its standing ballot stays.
  func note(
    _ facts: [Fact], of detector: Int, _ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime
  ) {
    let evidence = Evidence(.abstaining, layer: .connection, at: now, notes: facts)
    outbox.post(.evidence(wake.id, Ballot(detector: group.names[detector], evidence: evidence)))
  }

  // MARK: Readings

  /// Makes the readings that the detectors need, each once a turn.
  private func fillReadings(
    _ detectors: DetectorSet, _ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime
  ) {
    if !detectors.intersection(group.informedByTCPInfo).isEmpty { readTCPInfo(wake, group, now) }
    if look.unread == nil, !detectors.intersection(group.informedByUnread).isEmpty {
      look.unread = try? sockets.access(wake.slot, wake.descriptor).unreadBytes(wake.descriptor)
    }
  }

  /// Reads TCP_INFO, once a turn, and derives the connection end that it shows.
  func readTCPInfo(_ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime) {
    if look.tcpInfo == nil {
      look.tcpInfo = try? sockets.access(wake.slot, wake.descriptor).tcpInfo(wake.descriptor)
    }
    guard look.end == nil, let info = look.tcpInfo else { return }
    if info.state.isOver || info.state.peerHasFinished { findEnd(info, wake, group, now) }
    group.baselines[wake.row].update(info, at: now)
  }

  /// Reads what raised EPOLLERR, where no hang-up explains it. epoll reports the borrowed socket even where the
  /// descriptor names another one by now.
  private func findSoftError(_ wake: inout Wake, _ entry: Slot) {
    guard !wake.readiness.contains(.hangUp), wake.isVerified || isSameSocket(entry) else { return }
    wake.isVerified = true
    let descriptor = wake.descriptor
    look.hasSoftError = SoftErrors(on: descriptor, by: sockets.access(wake.slot, descriptor))
      .isPending { queue.pending([], of: descriptor).contains(.error) }
  }

  /// Whether an error was pending when the connection ended; `nil` if not known. A notice on the error queue is none.
  private func hasPendingError(_ wake: Wake, _ access: any SocketAccess) -> Bool? {
    guard !wake.readiness.isEmpty else { return nil }
    guard wake.readiness.contains(.error) else { return false }
    return SoftErrors(on: wake.descriptor, by: access).holdsNotices ? nil : true
  }

  /// Derives the connection end once. The remaining readings age, and would show another cause later.
  private func findEnd(
    _ info: TCPInfo, _ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime
  ) {
    if let known = group.ends[wake.row] {
      look.end = known
      return
    }
    let access = sockets.access(wake.slot, wake.descriptor)
    look.end = ConnectionEnd(
      info, hasError: hasPendingError(wake, access), baseline: group.baselines[wake.row],
      of: wake.descriptor, by: access, at: now, pings: look.canPing)
    if info.state.isOver { group.ends[wake.row] = look.end }
  }
}
