import FlatlineCore

/// Faults of one direction, or of some packets only, of a connection in a state of its own.
extension Fault {
  /// "large-packets-lost-out": the client sends 8,000 bytes every 100 ms, and its packets above 1,280 bytes vanish.
  public static let largePacketsLostOut = Fault(
    "large-packets-lost-out", "the client sends much, and its packets above 1280 bytes vanish without ICMP",
    scene: small
  ) { lab, connections throws(LabError) in
    try lab.path.update(.toServer) { $0.longestPacket = longestPassing }
    let healing = try sending(.active(bytes: largeWrite, every: .milliseconds(100)), connections)
    return { () throws(LabError) in
      try healing()
      try lab.path.update(.toServer) { $0.longestPacket = nil }
    }
  }

  /// "large-packets-lost-in": the server sends 8,000 bytes every 100 ms, and its packets above 1,280 bytes vanish.
  public static let largePacketsLostIn = Fault(
    "large-packets-lost-in", "the server sends much, and its packets above 1280 bytes vanish without ICMP",
    scene: receiving(bytes: 100)
  ) { lab, connections throws(LabError) in
    try lab.path.update(.toClient) { $0.longestPacket = longestPassing }
    let healing = try receiving(bytes: largeWrite)(lab, connections)
    return { () throws(LabError) in
      try healing()
      try lab.path.update(.toClient) { $0.longestPacket = nil }
    }
  }

  /// "receive-only-drop": the server sends 100 bytes every 100 ms; then what the client sends vanishes.
  public static let receiveOnlyDrop = Fault(
    "receive-only-drop", "the client receives a stream; then what the client sends vanishes",
    scene: receiving(bytes: 100), action: silencing([.toServer]))

  /// "send-only-drop": the client sends 3,000 bytes every 100 ms and gets nothing but acknowledgements; then what the
  /// server sends vanishes.
  public static let sendOnlyDrop = Fault(
    "send-only-drop", "the client sends a stream; then what the server sends vanishes",
    scene: { _, connections throws(LabError) in
      try sending(.active(bytes: 3000, every: .milliseconds(100)), connections)
    },
    action: silencing([.toClient]))

  /// "half-closed-drop": the client ends its own direction and the server keeps its own; then every packet vanishes. The
  /// FIN of a client that was sending vanishes too.
  public static let halfClosedDrop = halfClosedDrop(by: .client)

  /// As ``halfClosedDrop``, with the end that sends the FIN.
  public static func halfClosedDrop(by end: End) -> Fault {
    let summary =
      switch end {
      case .client: "the client ends its own direction (a FIN); then every packet vanishes"
      case .server: "the server ends its own direction (a FIN); then every packet vanishes"
      }
    return Fault(
      end == .client ? "half-closed-drop" : "peer-half-closed-drop", summary,
      scene: { _, connections throws(LabError) in
        try behaving(connections) { $0.staysHalfClosed = true }
      },
      action: { lab, connections throws(LabError) in
        // What is in flight stays so: its acknowledgement vanishes.
        let isSending = connections.contains { $0.traffic != .idle }
        if isSending, end == .client { try lab.path.update { $0.blackhole = true } }
        for connection in connections {
          switch end {
          case .client: try connection.finish()
          case .server: try connection.peer.halfClose(connection)
          }
        }
        for connection in connections where !isSending || end == .server {
          let state = end == .client ? TCPState.finWait2 : .closeWait
          try Waiting.until("the FIN to be acknowledged", within: .seconds(5)) { () throws(LabError) in
            try connection.tcpInfo().state == state
          }
        }
        return try silencing(Direction.allCases)(lab, connections)
      })
  }

  /// One end of a connection.
  public enum End: Sendable, Hashable {
    /// The lab's client.
    case client
    /// The program at the server's end.
    case server
  }

  /// "busy-stream-drop": the client cannot ping for the time being; then every packet vanishes.
  public static let busyStreamDrop = Fault(
    "busy-stream-drop", "the client has no turn to ping; then every packet vanishes",
    scene: { _, connections in
      for connection in connections { connection.setBusy(true) }
      return { for connection in connections { connection.setBusy(false) } }
    },
    action: silencing(Direction.allCases))

  /// The least MTU of IPv6 (RFC 8200, 5): every tunnel passes this.
  private static let longestPassing = 1280
  /// Five full segments of an MTU of 1,500, and a rest that passes.
  private static let largeWrite = 8000

  /// The client has sent something small, and the server has acknowledged it.
  private static let small: Action = { _, connections throws(LabError) in
    for connection in connections {
      // An empty line: what comes back of it is no part of an answer.
      if try connection.tcpInfo().bytesAcknowledged <= 1 { try connection.sendByte(UInt8(ascii: "\n")) }
    }
    for connection in connections {
      try Waiting.until("a byte to be acknowledged", within: .seconds(5)) { () throws(LabError) in
        try connection.tcpInfo().bytesAcknowledged > 1
      }
    }
    return {}
  }

  /// The client's program sends so much.
  static func sending(
    _ traffic: LabConnection.Traffic, _ connections: [LabConnection]
  ) throws(LabError) -> Healing {
    let before = connections.map { ($0, $0.traffic) }
    for connection in connections { try connection.setTraffic(traffic) }
    return { () throws(LabError) in
      for (connection, traffic) in before { try connection.setTraffic(traffic) }
    }
  }

  /// The server sends a stream, and the client reads it.
  private static func receiving(bytes: Int) -> Action {
    { _, connections throws(LabError) in
      let reading = connections.map { ($0, $0.isReading) }
      for connection in connections { connection.setReading(true) }
      let healing = try behaving(connections) { $0.stream = .init(bytes: bytes, every: .milliseconds(100)) }
      for connection in connections {
        try Waiting.until("the stream's beginning", within: .seconds(5)) { () throws(LabError) in
          try connection.tcpInfo().bytesReceived > 0
        }
      }
      return { () throws(LabError) in
        try healing()
        for (connection, isReading) in reading { connection.setReading(isReading) }
      }
    }
  }

  /// Changes the behaviour of the connections' peers, each once.
  static func behaving(
    _ connections: [LabConnection], _ change: (inout PeerBehaviour) -> Void
  ) throws(LabError) -> Healing {
    var before: [(peer: Peer, behaviour: PeerBehaviour)] = []
    for connection in connections where !before.contains(where: { $0.peer === connection.peer }) {
      var behaviour = connection.peer.behaviour
      before.append((connection.peer, behaviour))
      change(&behaviour)
      if behaviour != connection.peer.behaviour { try connection.peer.behave(behaviour) }
    }
    let all = before
    return { () throws(LabError) in
      for (peer, behaviour) in all { try peer.behave(behaviour) }
    }
  }
}
