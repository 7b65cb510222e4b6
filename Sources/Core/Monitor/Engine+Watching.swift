/// How a connection comes to be watched, and how that ends.
extension Engine {
  func watch(
    _ descriptor: CInt, policy: Policy, pinger: (any Pinger)?, handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    let panel: UInt16
    do { panel = try panels.index(for: policy) } catch { throw .policy(error) }
    let cookie = try identify(descriptor)
    return try watch(descriptor, cookie, panel, pinger, nil, handler)
  }

  /// A connection without a descriptor.
  func watch(
    _ socket: any ForeignSocket, policy: Policy, handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    let panel: UInt16
    do { panel = try panels.index(for: policy) } catch { throw .policy(error) }
    return try watch(-1, 0, panel, nil, socket, handler)
  }

  private func watch(
    _ descriptor: CInt, _ cookie: UInt64, _ panel: UInt16, _ pinger: (any Pinger)?,
    _ foreign: (any ForeignSocket)?, _ handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    do { try findSources(of: panels[panel]) } catch { throw .system(error) }
    let id = slots.take()
    sockets.pingers[id.slot] = pinger
    sockets.foreign[id.slot] = foreign
    do {
      let row = try register(descriptor, as: id, panels[panel], pinger)
      slots.fill(id, descriptor: descriptor, cookie: cookie, panel: panel, row: row)
    } catch {
      sockets.pingers[id.slot] = nil
      sockets.foreign[id.slot] = nil
      slots.release(id)
      throw error == .exists ? .alreadyWatched(descriptor: descriptor) : .system(error)
    }
    outbox.setHandler(handler, for: id)
    // The first deadlines, and whatever a pinger has to read already.
    timers.set(id.slot, deadline(of: slots[id.slot]))
    if pinger?.readsStream == true { pend(id.slot) { _ in } }
    setTimer()
    return id
  }

  /// The kernel's name for a socket that is fit to be watched.
  private func identify(_ descriptor: CInt) throws(WatchError) -> UInt64 {
    sockets.access.beginTurn()
    let info: TCPInfo
    let cookie: UInt64
    do {
      cookie = try sockets.access.cookie(descriptor)
      info = try sockets.access.tcpInfo(descriptor)
    } catch {
      throw Engine.unfit(descriptor, error)
    }
    // A closed socket that never saw a segment was never connected; any other has an end to tell of.
    let wasNeverConnected = info.state == .close && info.segmentsSent == 0
    guard info.state != .listen, info.state != .synSent, !wasNeverConnected else {
      throw .unfit(descriptor: descriptor, reason: "it is not connected (\(info.state))")
    }
    return cookie
  }

  /// Adds the socket to the epoll set and attaches the detectors; both or neither.
  private func register(
    _ descriptor: CInt, as id: ConnectionID, _ panel: Panel, _ pinger: (any Pinger)?
  ) throws(Errno) -> Int {
    let reads = pinger?.readsStream == true
    if descriptor >= 0 {
      try poller.add(
        descriptor, as: id, interest: reads ? panel.readiness.union(.readable) : panel.readiness)
    }
    do {
      let row = try panel.attach(sockets.borrow(id.slot, descriptor), now: .now())
      panel.join(row, id, sockets.borrow(id.slot, descriptor), now: .now())
      return row
    } catch {
      try? poller.remove(descriptor)
      throw error
    }
  }

  func unwatch(_ id: ConnectionID) {
    guard slots.contains(id) else { return }
    let entry = slots[id.slot]
    // Let go of last: what it holds may call the monitor as it goes.
    let handler = outbox.handler(for: id)
    defer { withExtendedLifetime(handler) {} }
    sockets.beginTurn(id.slot, entry.descriptor)
    panels[entry.panel].leave(id)
    if isStill(entry) {
      panels[entry.panel].detach(Int(entry.row), sockets.borrow(id.slot, entry.descriptor))
      // The socket is still ours to leave; that it is in the set is our own doing.
      try? poller.remove(entry.descriptor)
    } else {
      panels[entry.panel].discard(Int(entry.row))
    }
    slots.release(id)
    timers.set(id.slot, .never)
    outbox.setHandler(nil, for: id)
    wakes.forget(id.slot)
    deadCauses[Int(id.slot)] = nil
    sockets.pingers[id.slot] = nil
    sockets.foreign[id.slot] = nil
  }

  func unwatchAll() {
    for slot in 0..<slots.count where slots[slot].isUsed { unwatch(slots.id(slot)) }
  }

  private func findSources(of panel: Panel) throws(Errno) {
    try panel.findSources { (lane) throws(Errno) in
      let index = try sources.index(for: lane) { (descriptor, index) throws(Errno) in
        try poller.add(descriptor, asShared: index)
      }
      guard let index, let source = sources[index] else { return nil }
      return (index, source)
    }
  }

  private static func unfit(_ descriptor: CInt, _ error: Errno) -> WatchError {
    switch error {
    case .badDescriptor: .unfit(descriptor: descriptor, reason: "it is not open")
    case .notSocket: .unfit(descriptor: descriptor, reason: "it is not a socket")
    case .notSupported, .noSuchOption: .unfit(descriptor: descriptor, reason: "it is not a TCP socket")
    default: .system(error)
    }
  }
}
