/// A turn: the looks, their order, and the delivery of events.
extension Engine {
  /// One turn over the events of a wait: looks, then deliveries, then the timers. A verdict waits for no
  /// bookkeeping.
  func turn(_ ready: borrowing ReadyEvents) {
    assertEntered()
    // A callback may call this inside a turn: then it does nothing.
    guard phase == .idle else { return }
    phase = .turning
    defer { phase = .idle }
    turns &+= 1
    let now = clock.now()
    let horizon = now + Engine.slack
    compensateForStall(now)
    noteSuspension(now)
    var readySources: [Int] = []
    for place in 0..<ready.count {
      let (token, readiness) = ready[place]
      guard queue.accept(token) else { continue }
      if let index = token.source {
        readySources.append(index)
      } else if slots.contains(token.connection) {
        wakes.change(token.connection.slot, wake(token.connection.slot)) {
          $0.readiness.formUnion(readiness)
        }
      }
    }
    if !readySources.isEmpty || sourcesDue <= now { advanceSources(readySources, now) }
    let looks = lookAtWoken(now, horizon)
    if let reader = sources.reader {
      reader.prepare(due: timers.count(by: horizon, upTo: 1 << 16), now: now)
    }
    lookAtDue(now, horizon, limit: max(Engine.largestTurn - looks, Engine.leastDueLooks))
    deliver()
    if hasSuspicion {
      hasSuspicion = false
      sources.someConnectionBecameSuspect(now: now)
    }
    setTimer()
  }

  /// Looks at the woken connections and delivers their events. An event waits for no bookkeeping, and for no look
  /// that is due. Returns the number of woken connections.
  private func lookAtWoken(_ now: MonotonicTime, _ horizon: MonotonicTime) -> Int {
    guard wakes.count > 0 else { return 0 }
    let isAnyDue = timers.earliest <= horizon
    var batch = wakes.take()
    for index in batch.indices {
      guard slots.contains(batch[index].id) else { continue }
      if isAnyDue, timers.deadline(batch[index].slot) <= horizon { batch[index].isDue = true }
      look(at: &batch[index], now)
    }
    deliver()
    for wake in batch { schedule(wake, after: horizon) }
    let count = batch.count
    batch.removeAll(keepingCapacity: true)
    wakes.giveBack(batch)
    return count
  }

  /// Looks at the connections with a look due. By id: a ping may unwatch any of them and watch another in its slot.
  private func lookAtDue(_ now: MonotonicTime, _ horizon: MonotonicTime, limit: Int) {
    var looks = 0
    while looks < limit, let slot = timers.due(by: horizon) {
      var wake = wake(slot)
      wake.isDue = true
      look(at: &wake, now)
      schedule(wake, after: horizon)
      looks += 1
    }
  }

  /// Sets the time of the next look. Each connection has one look a turn.
  func schedule(_ wake: Wake, after horizon: MonotonicTime) {
    guard slots.contains(wake.id) else { return }
    let entry = slots[wake.slot]
    let next = entry.isEnded ? .never : min(wake.recheck, nextLook(wake.slot, groups[entry.group]))
    timers.set(wake.slot, max(next, horizon + .nanoseconds(1)))
  }

  func setTimer() {
    if !sources.isEmpty { sourcesDue = sources.deadline }
    queue.setTimer(min(timers.earliest, sourcesDue))
  }

  /// Advances the shared sources, and wakes the connections that they name.
  private func advanceSources(_ ready: [Int], _ now: MonotonicTime) {
    sources.advance(ready: ready, now: now)
    while wakes.count < Engine.largestTurn, let (id, source) = sources.popWaiting() {
      guard slots.contains(id), !slots[id.slot].isEnded else { continue }
      let detectors = groups[slots[id.slot].group].detectors(ofSource: source)
      guard !detectors.isEmpty else { continue }
      wakes.change(id.slot, wake(id.slot)) { $0.informed.formUnion(detectors) }
    }
  }

  /// Delivers the events of past turns, in order. A handler may watch and unwatch. After an unwatch, no event names
  /// that connection.
  private func deliver() {
    var events = outbox.takeAll()
    for index in events.indices {
      let event = events[index]
      guard slots.contains(event.connection) else { continue }
      outbox.handler(for: event.connection)?(event)
      guard slots.contains(event.connection) else { continue }
      broadcast?(event)
      if let publish, case .verdict(let change) = event { publish(change) }
    }
    events.removeAll(keepingCapacity: true)
    outbox.giveBack(events)
  }
}
