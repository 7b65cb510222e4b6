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
