/// Suspensions: the machine slept, and peers may have gone meanwhile without a packet to us.
extension Engine {
  /// A connection that is suspect because the machine slept.
  struct Awakening: BitwiseCopyable {
    let slept: Duration
    /// When it is suspect no longer, if nothing speaks against it.
    let limit: MonotonicTime
    /// The first look after waking is over.
    var isAsked = false
    /// Segments received as of the first vote after waking; `nil` before it.
    var segments: UInt32?
  }

  /// Compares the clock that counts a suspension with the one that does not.
  func noteSuspension(_ now: MonotonicTime) {
    let bootTime = clock.bootTime()
    guard bootTime - now > suspended + Engine.shortestSuspension else { return }
    // The thread may have waited between the two readings. Of readings in this order the difference is no larger than
    // the suspension.
    let total = bootTime - clock.now()
    guard total > suspended + Engine.shortestSuspension else { return }
    let slept = total - suspended
    suspended = total
    timeAsleep += slept
    suspectAll(after: slept, now)
  }

  /// Makes every connection suspect until its peer is heard, and has it looked at soon. An announced pause goes on.
  private func suspectAll(after slept: Duration, _ now: MonotonicTime) {
    var looks = 0
    for slot in 0..<slots.count where slots[slot].isUsed && !slots[slot].isEnded {
      let entry = slots[slot]
      guard entry.kind != .dead, pauses[Int(slot)] == nil else { continue }
      awakenings[Int(slot)] = Awakening(slept: slept, limit: now + Engine.longestAwakening)
      slots[slot].isAtRest = false
      suspect(slot, slept, now)
      // Spread over several turns, so that they do not become the next stall.
      timers.set(slot, now + Engine.pause * (looks / Engine.largestTurn))
      looks += 1
    }
  }

  private func suspect(_ slot: UInt32, _ slept: Duration, _ now: MonotonicTime) {
    let entry = slots[slot]
    let group = groups[entry.group]
    let ballot = Ballot(
      detector: "monitor",
      evidence: Evidence(
        .suspicious, layer: .connection, cause: .pathSilent, at: now, notes: [.duration("slept", slept)]))
    group.record(ballot, row: Int(entry.row))
    outbox.post(.evidence(slots.id(slot), ballot))
    hasSuspicion = true
    guard entry.kind != .suspect else { return }
    slots[slot].kind = .suspect
    announce(
      slot, .suspect, from: entry.kind, .pathSilent, Deciders([ballot]), group.record(Int(entry.row)), now)
  }

  /// Asks every detector in the first look after waking.
  func askAfterSuspension(_ wake: inout Wake) {
    guard !awakenings.isEmpty, var awakening = awakenings[Int(wake.slot)], !awakening.isAsked else { return }
    awakening.isAsked = true
    awakenings[Int(wake.slot)] = awakening
    wake.isRequested = true
    look.slept = awakening.slept
  }

  /// Whether nothing has come from the peer since the machine woke.
  func isAwakening(_ wake: Wake, _ group: PolicyGroup, _ now: MonotonicTime) -> Bool {
    guard !awakenings.isEmpty, var awakening = awakenings[Int(wake.slot)] else { return false }
    readTCPInfo(wake, group, now)
    let segments = look.tcpInfo?.segmentsReceived
    if let first = awakening.segments {
      if now < awakening.limit, segments == nil || segments == first { return true }
      awakenings[Int(wake.slot)] = nil
      return false
    }
    awakening.segments = segments ?? 0
    awakenings[Int(wake.slot)] = awakening
    return true
  }
}
