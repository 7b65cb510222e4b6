/// The look at a connection at rest, as most are where there are many: no wake, no evidence and no vote.
extension Engine {
  /// Looks at a connection whose time has come, if it was found at rest before. If it still is, and none of its detectors has
  /// anything to say, it has its next time; otherwise this is false, and it needs a look in full.
  ///
  /// Most of these looks do not ask whose the descriptor is, which costs as much as the reading: at worst another connection
  /// at rest, which has the number now, is taken for ours for a few looks. Nothing is set on it, and nothing is said of it.
  func rests(_ slot: UInt32, _ now: MonotonicTime) -> Bool {
    let entry = slots[slot]
    guard entry.isAtRest else { return false }
    let isTrusted = entry.trustedLooks < Engine.mostTrustedLooks
    sockets.beginTurn(slot, entry.descriptor)
    guard sockets.access.finds(atRest: entry.descriptor), isTrusted || isStill(entry),
      let next = panels[entry.panel].rest(
        Int(entry.row), sockets.access.reading, now: now, horizon: now + Engine.slack)
    else { return false }
    slots[slot].trustedLooks = isTrusted ? entry.trustedLooks + 1 : 0
    timers.set(slot, next)
    return true
  }

  /// Notes, after a look in full, that the next need be none: where a detector has read TCP_INFO, and it told of rest. Who is
  /// pinged has a stream to read, and what a source reads ahead is cheaper still.
  func noteRest(_ wake: Wake) {
    guard wake.isOnlyDue, wake.descriptor >= 0, sources.reader == nil, sockets.pinger(wake.slot) == nil,
      sockets.access.hasFoundRest(wake.descriptor)
    else { return }
    slots[wake.slot].isAtRest = true
    slots[wake.slot].trustedLooks = 0
  }
}
