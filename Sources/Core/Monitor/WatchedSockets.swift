/// The socket calls of one monitor, and the pingers of its connections.
struct WatchedSockets {
  /// For sockets with a descriptor.
  let access: any SocketAccess
  /// Only the few connections with a stream that can be pinged have an entry.
  private var pingers: [UInt32: any Pinger] = [:]
  /// Connections without a descriptor.
  private var foreign: [UInt32: any ForeignSocket] = [:]

  init(_ access: any SocketAccess) {
    self.access = access
  }

  func access(_ slot: UInt32, _ descriptor: CInt) -> any SocketAccess {
    if descriptor < 0, let socket = foreign[slot] { return socket }
    return access
  }

  /// A connection's turn begins: earlier readings no longer count.
  func beginTurn(_ slot: UInt32, _ descriptor: CInt) {
    if descriptor < 0 { foreign[slot]?.beginTurn() }
  }

  func pinger(_ slot: UInt32) -> (any Pinger)? { pingers.isEmpty ? nil : pingers[slot] }

  mutating func add(_ slot: UInt32, _ pinger: (any Pinger)?, _ socket: (any ForeignSocket)?) {
    if let pinger { pingers[slot] = pinger }
    if let socket { foreign[slot] = socket }
  }

  /// Removes the pinger and the socket of a slot, and returns them. Release them later: their deinit may call the
  /// monitor.
  mutating func remove(_ slot: UInt32) -> (pinger: (any Pinger)?, socket: (any ForeignSocket)?) {
    (
      pingers.isEmpty ? nil : pingers.removeValue(forKey: slot),
      foreign.isEmpty ? nil : foreign.removeValue(forKey: slot)
    )
  }
}
