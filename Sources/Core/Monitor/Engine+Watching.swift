/// The begin and the end of a watch.
extension Engine {
  func watch(
    _ descriptor: CInt, policy: Policy, pinger: (any Pinger)?, handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    assertEntered()
    let group = try groupIndex(for: policy)
    let subject = try WatchSubject(descriptor, by: sockets.access)
    return try watch(subject, group, pinger, nil, handler)
  }

  /// A connection without a descriptor.
  func watch(
    _ socket: any ForeignSocket, policy: Policy, handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    assertEntered()
    let group = try groupIndex(for: policy)
    return try watch(WatchSubject(socket), group, nil, socket, handler)
  }

  private func groupIndex(for policy: Policy) throws(WatchError) -> UInt16 {
    do { return try groups.index(for: policy) } catch { throw .policy(error) }
  }

  private func watch(
    _ subject: WatchSubject, _ index: UInt16, _ pinger: (any Pinger)?, _ foreign: (any ForeignSocket)?,
    _ handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    let group = groups[index]
    try findSources(of: group)
    let id = slots.take()
    sockets.add(id.slot, pinger, foreign)
    do {
      let row = try register(subject, as: id, group, pinger)
      slots.fill(id, descriptor: subject.descriptor, cookie: subject.cookie, group: index, row: row)
    } catch {
      let removed = sockets.remove(id.slot)
      release(removed.pinger, removed.socket)
      slots.release(id)
      throw error == .fileExists ? .alreadyWatched(descriptor: subject.descriptor) : .system(error)
    }
    outbox.setHandler(handler, for: id)
    // The first looks, and the bytes that a pinger may have to read already.
    timers.set(id.slot, group.nextLook(Int(slots[id.slot].row)))
    if pinger?.readsStream == true { pend(id.slot) { _ in } }
    setTimer()
    return id
  }

  /// Adds the socket to the epoll set, begins the detectors and holds their options; all or nothing.
  private func register(
    _ subject: WatchSubject, as id: ConnectionID, _ group: PolicyGroup, _ pinger: (any Pinger)?
  ) throws(Errno) -> Int {
    let (descriptor, info) = (subject.descriptor, subject.info)
    if descriptor >= 0 {
      let reads = pinger?.readsStream == true
      try queue.add(
        descriptor, token: QueueToken(id),
        interest: reads ? group.readiness.union(.readable) : group.readiness)
    }
    let now = clock.now()
    let values = optionValues(group, descriptor)
    let look = Look(
      now: now, tcpInfo: info, options: values, descriptor: descriptor, canPing: pinger != nil)
    let before = phase
    phase = .examining
    let row = group.begin(look)
    phase = before
    do {
      let wanted = group.heldOptions(row)
      let socket = HeldSocket(descriptor: descriptor, cookie: subject.cookie, access: sockets.access)
      let place =
        wanted.isEmpty ? 0 : group.holdings.place(try options.hold(wanted, on: socket, values: values))
      if place != 0 || group.holdingPlaces[row] != 0 { group.holdingPlaces[row] = place }
    } catch {
      group.release(row)
      try? queue.remove(descriptor)
      throw error
    }
    group.baselines[row] = EndBaseline(info, at: now)
    if group.hasSources {
      group.join(row, id, subject.endpoints, now: now)
      sources.pollAnew()
    }
    return row
  }

  func unwatch(_ id: ConnectionID) {
    assertEntered()
    guard slots.contains(id) else { return }
    let entry = slots[id.slot]
    let group = groups[entry.group]
    let row = Int(entry.row)
    sockets.beginTurn(id.slot, entry.descriptor)
    group.leave(id)
    let isSame = isSameSocket(entry)
    releaseOptions(entry, isSameSocket: isSame)
    // The descriptor still names the borrowed socket, and this monitor added it to the set.
    if isSame, entry.descriptor >= 0 { try? queue.remove(entry.descriptor) }
    group.release(row)
    slots.release(id)
    timers.set(id.slot, .never)
    wakes.forget(id.slot)
    deadCauses[Int(id.slot)] = nil
    pauses[Int(id.slot)] = nil
    awakenings[Int(id.slot)] = nil
    let removed = sockets.remove(id.slot)
    release(outbox.removeHandler(for: id), removed.pinger, removed.socket)
  }

  func unwatchAll() {
    for slot in 0..<slots.count where slots[slot].isUsed { unwatch(slots.id(slot)) }
  }

  private func findSources(of group: PolicyGroup) throws(WatchError) {
    try group.findSources { (column) throws(WatchError) in
      do throws(SourceError) {
        guard let index = try sources.index(for: column), let source = sources[index] else { return nil }
        return (index, source)
      } catch {
        throw .source(column.name, error)
      }
    }
  }
}
