/// The monitor itself slept: nobody is to blame for that time.
extension Engine {
  /// Every connection's detectors learn of a stall before any of its deadlines counts.
  func compensate(for stall: Duration, _ now: MonotonicTime) {
    timeAsleep += stall
    // By their ids: a ping may unwatch any of them, and watch another in its slot, which slept through nothing.
    var moved: [ConnectionID] = []
    for slot in 0..<slots.count where slots[slot].isUsed && !slots[slot].isEnded {
      moved.append(slots.id(slot))
    }
    // What the detectors say is voted on a turn's worth at a time, so that it does not become the next stall.
    let start = clock.now()
    var votes = 0
    for id in moved where slots.contains(id) {
      let entry = slots[id.slot]
      let group = groups[entry.group]
      var wake = wake(id.slot)
      group.extend(wake.row, by: stall)
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
      // Every deadline has moved, and none to another's: looks that fall together once would for ever.
      var next = min(timers.deadline(id.slot) + stall, group.nextLook(wake.row))
      if needsVote {
        next = start + Engine.pause * (votes / Engine.largestTurn)
        votes += 1
      }
      timers.set(id.slot, next)
    }
  }
}
