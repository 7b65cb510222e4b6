import FlatlineCore

/// Faults of the peer's program.
extension Fault {
  /// "graceful-close": the peer's program reads what has come and closes: a FIN.
  public static let gracefulClose = Fault(
    "graceful-close", "the peer's program reads what has come and closes: a FIN"
  ) { _, connections throws(LabError) in
    for connection in connections { try connection.peer.closeGracefully(connection) }
    return {}
  }

  /// "close-with-unread-data": the peer's program closes and leaves data unread: a RST.
  public static let closeWithUnreadData = Fault(
    "close-with-unread-data", "the peer's program closes and leaves data unread: a RST"
  ) { _, connections throws(LabError) in
    for connection in connections { try connection.peer.closeWithUnreadData(connection) }
    return {}
  }

  /// "half-close": the peer sends no more but still reads: a FIN, and nothing after it.
  public static let halfClose = Fault(
    "half-close", "the peer sends no more but still reads: a FIN, and nothing after it"
  ) { _, connections throws(LabError) in
    for connection in connections { try connection.peer.halfClose(connection) }
    return {}
  }

  /// "reset": the peer's program aborts: a RST.
  public static let reset = Fault("reset", "the peer's program aborts: a RST") {
    _, connections throws(LabError) in
    for connection in connections { try connection.peer.reset(connection) }
    return {}
  }

  /// "process-killed": the peer's program is killed (SIGKILL): its kernel closes for it.
  public static let processKilled = Fault(
    "process-killed", "the peer's program is killed (SIGKILL): its kernel closes for it"
  ) { lab, connections throws(LabError) in
    for connection in connections { connection.peer.kill() }
    return { () throws(LabError) in try lab.server.restartPeers() }
  }

  /// "process-frozen": the peer's program is stopped (SIGSTOP): its kernel still answers for it.
  public static let processFrozen = Fault(
    "process-frozen", "the peer's program is stopped (SIGSTOP): its kernel still answers for it"
  ) { _, connections in
    for connection in connections { connection.peer.freeze() }
    return { for connection in connections { connection.peer.resume() } }
  }

  /// "zero-window": the peer's program reads no more, and the client sends until the window is zero.
  public static let zeroWindow = Fault(
    "zero-window", "the peer's program reads no more, and the client sends until the window is zero"
  ) { _, connections throws(LabError) in
    let healing = try read(connections, bytesPerSecond: 0)
    for connection in connections {
      try Waiting.until("the window to close", within: .seconds(30)) { () throws(LabError) in
        try connection.tcpInfo().isWindowClosed
      }
    }
    return healing
  }

  /// "slow-peer": the peer's program reads 64 kB a second while the client has more to send.
  public static let slowPeer = Fault(
    "slow-peer", "the peer's program reads 64 kB a second while the client has more to send", isFault: false
  ) { _, connections throws(LabError) in
    try read(connections, bytesPerSecond: 64_000)
  }

  /// The peer reads at this rate while the client sends as much as it can.
  private static func read(_ connections: [LabConnection], bytesPerSecond: Int) throws(LabError) -> Healing {
    let before = connections.map { ($0, $0.peer.behaviour, $0.traffic) }
    for (connection, behaviour, _) in before {
      var slow = behaviour
      slow.bytesPerSecond = bytesPerSecond
      try connection.peer.behave(slow)
      try connection.setTraffic(.bulk)
    }
    return { () throws(LabError) in
      for (connection, behaviour, traffic) in before {
        try connection.setTraffic(traffic)
        try connection.peer.behave(behaviour)
      }
    }
  }
}
