import CFlatline

/// A turn: who is to be looked at, in what order, and what is told of it.
extension Engine {
  /// One turn over what a wait brought: looks, then tells, then sets the timers, so that a verdict waits for no
  /// bookkeeping.
  func turn(_ ready: ArraySlice<epoll_event>) {
    let now = MonotonicTime.now()
    let horizon = now + Engine.slack
    // What waits only because a turn has its limit is not late: the monitor was awake.
    let expected = max(timers.earliest, lastTurn)
    lastTurn = now
    if now > expected + Engine.stallLimit {
      excuse(now - expected, now)
      // The time that this took is not a sleep either, or a monitor of very many would never end excusing.
      lastTurn = .now()
    }
    var readySources: [Int] = []
    for event in ready {
      let source = poller.source(of: event)
      if case .shared(let index) = source { readySources.append(index) }
      guard case .socket(let id, let readiness) = source, slots.contains(id) else { continue }
      wakes.change(id.slot, wake(id.slot)) { $0.readiness.formUnion(readiness) }
    }
    if !readySources.isEmpty || sourcesDue <= now { hear(readySources, now) }
    var rested = 0
    while wakes.count + rested < Engine.largestTurn, let slot = timers.due(by: horizon) {
      if !wakes.contains(slot), rests(slot, now) {
        rested += 1
      } else {
        timers.set(slot, .never)
        wakes.change(slot, wake(slot)) { $0.isDue = true }
      }
    }
    if let reader = sources.reader {
      let rest = timers.count(by: horizon, upTo: 1 << 16)
      reader.prepare(due: wakes.count + rest, now: now)
    }
    var batch = wakes.take()
    for index in batch.indices { look(&batch[index], now) }
    deliver()
    if isDoubtful {
      isDoubtful = false
      sources.doubted(now: now)
    }
    for wake in batch where slots.contains(wake.id) {
      timers.set(wake.slot, min(wake.recheck, deadline(of: slots[wake.slot])))
    }
    batch.removeAll(keepingCapacity: true)
    wakes.giveBack(batch)
    setTimer()
  }

  func setTimer() {
    if !sources.isEmpty { sourcesDue = sources.deadline }
    poller.setTimer(min(timers.earliest, sourcesDue))
  }

  /// The monitor slept: every connection hears of it before any of its deadlines counts.
  func excuse(_ stall: Duration, _ now: MonotonicTime) {
    timeAsleep += stall
    var excused: [UInt32] = []
    for slot in 0..<slots.count where slots[slot].isUsed && !slots[slot].isEnded {
      let panel = panels[slots[slot].panel]
      var wake = wake(slot)
      wake.stall = stall
      panel.extend(wake.row, by: stall)
      sockets.beginTurn(slot, slots[slot].descriptor)
      if isStill(slots[slot]) { observe(wake, panel, now) }
      excused.append(slot)
    }
    // Every deadline has moved: a look finds the next. A turn's worth at a time, so that looking at them all does
    // not become the next stall.
    let start = MonotonicTime.now()
    for (number, slot) in excused.enumerated() {
      timers.set(slot, start + Engine.pause * (number / Engine.largestTurn))
    }
  }

  /// Lets the shared sources go on, and has those connections looked at that they have news of.
  func hear(_ ready: [Int], _ now: MonotonicTime) {
    sources.advance(ready: ready, now: now)
    while wakes.count < Engine.largestTurn, let (id, source) = sources.popWaiting() {
      guard slots.contains(id), !slots[id.slot].isEnded,
        let seat = panels[slots[id.slot].panel].seat(ofSource: source)
      else { continue }
      wakes.change(id.slot, wake(id.slot)) { $0.informed.insert(seat) }
    }
  }

  /// Hands the events of past turns over, in order. A handler may watch and unwatch; what it unwatched is
  /// named no more.
  func deliver() {
    var events = outbox.takeAll()
    for index in events.indices {
      let event = events[index]
      guard slots.contains(event.connection) else { continue }
      outbox.handler(for: event.connection)?(event)
      guard slots.contains(event.connection) else { continue }
      broadcast?(event)
    }
    events.removeAll(keepingCapacity: true)
    outbox.giveBack(events)
  }
}
