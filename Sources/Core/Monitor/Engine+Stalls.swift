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
    for id in moved where slots.contains(id) {
      let entry = slots[id.slot]
      let group = groups[entry.group]
      var wake = wake(id.slot)
      group.extend(wake.row, by: stall)
      beginLook(wake, entry, now)
      if isSameSocket(entry) {
        wake.isVerified = true
        look.stall = stall
        if examine(group.seats(wake.row), &wake, group, now, isStall: true) == true {
          slots[id.slot].isAtRest = false
        }
        perform(wake, now)
      }
    }
    // Every deadline has moved: a look finds the next. A turn's worth at a time, so that looking at them all does
    // not become the next stall.
    let start = clock.now()
    for (number, id) in moved.enumerated() where slots.contains(id) && !slots[id.slot].isEnded {
      timers.set(id.slot, start + Engine.pause * (number / Engine.largestTurn))
    }
  }
}
