import Glibc

/// Requests of the app on a watched connection.
extension Engine {
  /// Shuts down both directions of a socket, if it is still the borrowed one.
  func shutDownSocket(_ id: ConnectionID) -> Bool {
    assertEntered()
    guard slots.contains(id), isSameSocket(slots[id.slot]) else { return false }
    return shutdown(slots[id.slot].descriptor, CInt(SHUT_RDWR)) == 0
  }

  /// The owner of the stream saw bytes from the peer.
  func received(_ bytes: Int, on id: ConnectionID) {
    assertEntered()
    guard slots.contains(id) else { return }
    pend(id.slot) { $0.note(received: bytes) }
  }

  /// Looks at one connection now, on the calling thread. The monitor's next turn delivers the events. Inside a turn, the
  /// look is left to the next one.
  ///
  /// - Returns: the verdict after the look; `nil` for a connection that is not watched.
  func look(at id: ConnectionID) -> Verdict? {
    assertEntered()
    guard slots.contains(id), !slots[id.slot].isEnded else { return verdict(of: id) }
    guard phase == .idle else {
      pend(id.slot) { $0.isRequested = true }
      return verdict(of: id)
    }
    phase = .turning
    defer { phase = .idle }
    let now = clock.now()
    // A request is no turn: one that comes late for its deadlines is still to be found late.
    let lastTurn = lastTurn
    if !compensateForStall(now) { self.lastTurn = lastTurn }
    guard slots.contains(id) else { return nil }
    var wake = wake(id.slot)
    wake.isRequested = true
    wake.readiness = endingReadiness(of: wake)
    look(at: &wake, now)
    schedule(wake, after: now + Engine.slack)
    setTimer()
    queue.wakeUp()
    return verdict(of: id)
  }

  /// The signs of an end that epoll has reported or is about to report.
  private func endingReadiness(of wake: Wake) -> Readiness {
    guard wake.descriptor >= 0 else { return [] }
    let wanted = groups[slots[wake.slot].group].readiness.intersection(.ending)
    return queue.pending(wanted, of: wake.descriptor).intersection(.ending)
  }

  /// The verdict that stands; `nil` for a connection that is not watched.
  func verdict(of id: ConnectionID) -> Verdict? {
    assertEntered()
    return slots.contains(id) ? Verdict(slots[id.slot].kind, deadCauses[Int(id.slot)]) : nil
  }

  /// The account of the engine's own work.
  var account: MonitorAccount {
    assertEntered()
    return MonitorAccount(turns: turns, looks: looks, timeAsleep: timeAsleep, detectors: groups.accounts)
  }
}
