/// What the peer's program does, or what is done to it.
extension Fault {
  public static let gracefulClose = Fault(
    "graceful-close", "the peer's program reads what has come and closes: a FIN"
  ) { _, connection throws(LabError) in
    try connection.peer.closeGracefully()
    return {}
  }

  public static let closeWithUnreadData = Fault(
    "close-with-unread-data", "the peer's program closes and leaves data unread: a RST"
  ) { _, connection throws(LabError) in
    try connection.leaveUnread()
    try connection.peer.closeWithUnreadData()
    return {}
  }

  public static let halfClose = Fault(
    "half-close", "the peer sends no more but still reads: a FIN, and nothing after it"
  ) { _, connection throws(LabError) in
    try connection.peer.halfClose()
    return {}
  }

  public static let reset = Fault("reset", "the peer's program aborts: a RST") {
    _, connection throws(LabError) in
    try connection.peer.reset()
    return {}
  }

  public static let processKilled = Fault(
    "process-killed", "the peer's program is killed (SIGKILL): its kernel closes for it"
  ) { _, connection throws(LabError) in
    let peer = connection.peer
    peer.kill()
    return { () throws(LabError) in try peer.restart() }
  }

  public static let processFrozen = Fault(
    "process-frozen", "the peer's program is stopped (SIGSTOP): its kernel still answers for it"
  ) { _, connection throws(LabError) in
    let peer = connection.peer
    peer.freeze()
    return { peer.resume() }
  }

  public static let zeroWindow = Fault(
    "zero-window", "the peer's program reads no more, and the client sends until the window is zero"
  ) { _, connection throws(LabError) in
    let (peer, before) = (connection.peer, connection.peer.behaviour)
    let traffic = connection.traffic
    var hung = before
    hung.bytesPerSecond = 0
    try peer.behave(hung)
    try connection.setTraffic(.bulk)
    return { () throws(LabError) in
      try connection.setTraffic(traffic)
      try peer.behave(before)
    }
  }

  public static let slowPeer = Fault(
    "slow-peer", "the peer's program reads 64 kB a second while the client has more to send", isFault: false
  ) { _, connection throws(LabError) in
    let (peer, before) = (connection.peer, connection.peer.behaviour)
    let traffic = connection.traffic
    var slow = before
    slow.bytesPerSecond = 64_000
    try peer.behave(slow)
    try connection.setTraffic(.bulk)
    return { () throws(LabError) in
      try connection.setTraffic(traffic)
      try peer.behave(before)
    }
  }
}
