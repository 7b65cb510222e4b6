/// Announced pauses: until one ends, silence is no evidence.
extension Engine {
  /// A pause that the app has announced for a connection.
  struct Pause: BitwiseCopyable {
    /// Since when detectors have had no looks.
    var start: MonotonicTime
    let end: MonotonicTime
  }

  /// Begins, replaces or ends a pause.
  ///
  /// - Returns: whether the connection is watched.
  func expectPause(of id: ConnectionID, for duration: Duration) -> Bool {
    assertEntered()
    guard slots.contains(id) else { return false }
    let now = clock.now()
    let standing = pauses[Int(id.slot)]
    guard duration > .zero || standing != nil, !slots[id.slot].isEnded else { return true }
    pauses[Int(id.slot)] = Pause(start: standing?.start ?? now, end: now + max(.zero, duration))
    // The look of the next turn sets the time of the end.
    pend(id.slot) { _ in }
    return true
  }

  /// Whether a connection's pause goes on. One that is over is ended: the detectors that had no looks get one with the
  /// pause as a stall, so that silence counts afresh.
  func isPaused(_ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime) -> Bool {
    guard !pauses.isEmpty, let pause = pauses[Int(wake.slot)] else { return false }
    if now < pause.end { return true }
    pauses[Int(wake.slot)] = nil
    let length = now - pause.start
    group.extend(wake.row, by: length)
    var quiet = self.wake(wake.slot)
    quiet.isVerified = wake.isVerified
    quiet.isTrusted = wake.isTrusted
    look.stall = length
    _ = examine(group.detectors(wake.row).subtracting(group.attentive), &quiet, group, now, isStall: true)
    look.stall = .zero
    slots[wake.slot].isAtRest = false
    return false
  }

  /// The detectors that may be challenged.
  func challengeable(_ wake: Wake, _ group: PolicyGroup) -> DetectorSet {
    let all = group.detectors(wake.row)
    return look.isPaused ? all.intersection(group.attentive) : all
  }

  /// Time of a connection's next look for its detectors' sake.
  func nextLook(_ slot: UInt32, _ group: PolicyGroup) -> MonotonicTime {
    let row = Int(slots[slot].row)
    guard !pauses.isEmpty, let pause = pauses[Int(slot)] else { return group.nextLook(row) }
    return min(pause.end, group.nextLook(row, of: group.detectors(row).intersection(group.attentive)))
  }
}
