/// The monitor itself slept: nobody is to blame for that time.
extension Engine {
  /// Every connection's detectors learn of a stall before any of its deadlines counts.
  func compensate(for stall: Duration, _ now: MonotonicTime) {
    timeAsleep += stall
    var moved: [UInt32] = []
    for slot in 0..<slots.count where slots[slot].isUsed && !slots[slot].isEnded {
      let entry = slots[slot]
      let group = groups[entry.group]
      var wake = wake(slot)
      group.extend(wake.row, by: stall)
      beginLook(wake, entry, now)
      if isSameSocket(entry) {
        wake.isVerified = true
        look.stall = stall
        if examine(group.seats(wake.row), &wake, group, now) == true { slots[slot].isAtRest = false }
        perform(wake, now)
      }
      moved.append(slot)
    }
    // Every deadline has moved: a look finds the next. A turn's worth at a time, so that looking at them all does
    // not become the next stall.
    let start = clock.now()
    for (number, slot) in moved.enumerated() where slots[slot].isUsed {
      timers.set(slot, start + Engine.pause * (number / Engine.largestTurn))
    }
  }
}
