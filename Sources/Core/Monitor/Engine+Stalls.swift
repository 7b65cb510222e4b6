/// Stalls: the monitor itself slept. That time is not the peer's silence.
extension Engine {
  /// Compensates for a stall since the last turn, if there was one.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  func compensateForStall(_ now: MonotonicTime) -> Bool {
    // A look that waits only for the limit of a turn is not late: the monitor was awake.
    let expected = max(timers.earliest, lastTurn)
    lastTurn = now
    guard now > expected + Engine.stallLimit else { return false }
    compensate(for: now - expected, now)
    // The time of the compensation is no stall either. Otherwise a monitor of very many connections would never
    // end it.
    lastTurn = clock.now()
    return true
  }

  /// Reports a stall to the detectors of every connection, before any of its deadlines counts.
  func compensate(for stall: Duration, _ now: MonotonicTime) {
    timeAsleep += stall
    // By id: a ping may unwatch any of them and watch another in its slot, to which the stall does not apply.
    var moved: [ConnectionID] = []
    for slot in 0..<slots.count where slots[slot].isUsed && !slots[slot].isEnded {
      moved.append(slots.id(slot))
    }
    // The votes are spread over several turns, so that they do not become the next stall.
    let start = clock.now()
    var votes = 0
    for id in moved where slots.contains(id) {
      let entry = slots[id.slot]
      let group = groups[entry.group]
      var wake = wake(id.slot)
      group.extend(wake.row, by: stall)
      if var pause = pauses[Int(id.slot)] {
        pause.start = pause.start + stall
        pauses[Int(id.slot)] = pause
      }
      beginLook(wake, entry, now)
      var needsVote = true
      if isSameSocket(entry) {
        wake.isVerified = true
        look.stall = stall
        needsVote = examine(group.detectors(wake.row), &wake, group, now, isStall: true) ?? true
        if needsVote { slots[id.slot].isAtRest = false }
        perform(wake, now)
      }
      guard slots.contains(id), !slots[id.slot].isEnded else { continue }
      // Every deadline moves by the stall, and not to a common time: looks that coincide once would coincide for
      // ever.
      var next = min(timers.deadline(id.slot) + stall, nextLook(id.slot, group))
      if needsVote {
        next = start + Engine.pause * (votes / Engine.largestTurn)
        votes += 1
      }
      timers.set(id.slot, next)
    }
  }
}
