import CFlatline
import Glibc

/// The work of a monitor, turn by turn, on whichever thread holds the monitor's lock: signals to detectors,
/// evidence to ballots, ballots to verdicts.
final class Engine {
  /// Deadlines this near are taken in the same turn.
  private static var slack: Duration { .milliseconds(1) }
  /// A turn this late was no scheduling noise: the monitor itself slept.
  private static var stallLimit: Duration { .milliseconds(100) }
  /// The most wakes in one turn; what is due beyond waits for the next, right after.
  private static var largestTurn: Int { 256 }
  /// More than a turn of so many takes.
  private static var pause: Duration { .milliseconds(2) }

  /// What every deadline has been moved by in all.
  private(set) var timeAsleep = Duration.zero
  private let sockets = Sockets()
  // The monitor's lock keeps two threads out, and no method here is called back while it changes one of these;
  // checking that at run time would be work between an event and its verdict.
  @exclusivity(unchecked) private var poller: Poller
  @exclusivity(unchecked) private var timers = TimerHeap()
  @exclusivity(unchecked) private var slots = SlotTable()
  @exclusivity(unchecked) private var panels: PanelTable
  @exclusivity(unchecked) private var outbox = Outbox()
  @exclusivity(unchecked) private var sources: SourceTable
  /// Connections to be looked at in the next turn without the kernel saying so.
  @exclusivity(unchecked) private var wakes = WakeList()
  /// When the turn before began.
  @exclusivity(unchecked) private var lastTurn = MonotonicTime(nanoseconds: 0)
  /// Why the dead are dead.
  @exclusivity(unchecked) private var deadCauses = SideTable<Cause>()
  /// Where events of every connection go.
  @exclusivity(unchecked) var broadcast: ((WatchEvent) -> Void)?

  init(registry: DetectorRegistry, surroundings: SourceSurroundings) throws(Errno) {
    panels = PanelTable(registry: registry)
    sources = SourceTable(surroundings)
    poller = try Poller()
  }

  var descriptor: CInt { poller.descriptor }

  /// Safe on any thread.
  func wakeUp() { poller.wakeUp() }

  // MARK: Watching

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
      panels[entry.panel].release(Int(entry.row))
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

  /// Ends both directions of a socket that is still the one that was lent.
  func shutDownSocket(_ id: ConnectionID) -> Bool {
    guard slots.contains(id), isStill(slots[id.slot]) else { return false }
    return shutdown(slots[id.slot].descriptor, CInt(SHUT_RDWR)) == 0
  }

  /// The owner of the stream saw bytes from the peer.
  func received(_ bytes: Int, on id: ConnectionID) {
    guard slots.contains(id) else { return }
    pend(id.slot) { $0.received += bytes }
  }

  /// The verdict that stands; `nil` for a connection that is not watched.
  func verdict(of id: ConnectionID) -> Verdict? {
    slots.contains(id) ? Verdict(slots[id.slot].kind, deadCauses[Int(id.slot)]) : nil
  }

  private func pend(_ slot: UInt32, _ change: (inout Wake) -> Void) {
    wakes.change(slot, wake(slot), change)
    poller.wakeUp()
  }

  private static func unfit(_ descriptor: CInt, _ error: Errno) -> WatchError {
    switch error {
    case .badDescriptor: .unfit(descriptor: descriptor, reason: "it is not open")
    case .notSocket: .unfit(descriptor: descriptor, reason: "it is not a socket")
    case .notSupported, .noSuchOption: .unfit(descriptor: descriptor, reason: "it is not a TCP socket")
    default: .system(error)
    }
  }

  // MARK: Turns

  /// One turn over what a wait brought: looks, then tells, then sets the timers, so that a verdict waits for no
  /// bookkeeping.
  func turn(_ ready: ArraySlice<epoll_event>) {
    let now = MonotonicTime.now()
    let horizon = now + Engine.slack
    // What waits only because a turn has its limit is not late: the monitor was awake.
    let expected = max(timers.earliest, lastTurn)
    lastTurn = now
    if now > expected + Engine.stallLimit {
      excuse(now - expected, now)
      // The time that this took is not a sleep either, or a monitor of very many would never end excusing.
      lastTurn = .now()
    }
    var readySources: [Int] = []
    for event in ready {
      let source = poller.source(of: event)
      if case .shared(let index) = source { readySources.append(index) }
      guard case .socket(let id, let readiness) = source, slots.contains(id) else { continue }
      wakes.change(id.slot, wake(id.slot)) { $0.readiness.formUnion(readiness) }
    }
    if !sources.isEmpty { hear(readySources, now) }
    while wakes.count < Engine.largestTurn, let slot = timers.popDue(by: horizon) {
      wakes.change(slot, wake(slot)) { $0.isDue = true }
    }
    if let reader = sources.reader {
      let rest = timers.count(by: horizon, upTo: 1 << 16)
      reader.prepare(due: wakes.count + rest, now: now)
    }
    var batch = wakes.take()
    for index in batch.indices { look(&batch[index], now) }
    deliver()
    for wake in batch where slots.contains(wake.id) {
      timers.set(wake.slot, min(wake.recheck, deadline(of: slots[wake.slot])))
    }
    wakes.giveBack(batch)
    setTimer()
  }

  private func setTimer() {
    poller.setTimer(sources.isEmpty ? timers.earliest : min(timers.earliest, sources.deadline))
  }

  /// The monitor slept: every connection hears of it before any of its deadlines counts.
  private func excuse(_ stall: Duration, _ now: MonotonicTime) {
    timeAsleep += stall
    var excused: [UInt32] = []
    for slot in 0..<slots.count where slots[slot].isUsed && !slots[slot].isEnded {
      let panel = panels[slots[slot].panel]
      var wake = wake(slot)
      wake.stall = stall
      panel.extend(wake.row, by: stall)
      sockets.beginTurn(slot, slots[slot].descriptor)
      if isStill(slots[slot]) { observe(wake, panel, now) }
      excused.append(slot)
    }
    // Every deadline has moved: a look finds the next. A turn's worth at a time, so that looking at them all does
    // not become the next stall.
    let start = MonotonicTime.now()
    for (number, slot) in excused.enumerated() {
      timers.set(slot, start + Engine.pause * (number / Engine.largestTurn))
    }
  }

  private func wake(_ slot: UInt32) -> Wake {
    let entry = slots[slot]
    return Wake(id: slots.id(slot), row: Int(entry.row), descriptor: entry.descriptor)
  }

  /// Lets the owner of a stream read what has come.
  private func read(_ wake: inout Wake) {
    guard !sockets.pingers.isEmpty, let pinger = sockets.pingers[wake.slot], pinger.readsStream else {
      return
    }
    let reception = pinger.receive()
    wake.received += reception.bytes
    if reception.hasMore { pend(wake.slot) { _ in } }
  }

  /// One connection's turn: all its detectors, then the vote, then the challenges the vote asks for.
  private func look(_ wake: inout Wake, _ now: MonotonicTime) {
    let entry = slots[wake.slot]
    guard entry.isUsed else { return }
    sockets.beginTurn(wake.slot, entry.descriptor)
    // What epoll reports it reports of the socket that was lent, whatever its descriptor names by now.
    guard wake.isOnlyReadiness || hasReading(wake, entry, now) || isStill(entry) else {
      return end(wake.slot, now)
    }
    read(&wake)
    let panel = panels[entry.panel]
    observe(wake, panel, now)
    var decision = panel.decide(wake.row, now: now)
    // One round of answers settles every challenge of this turn; rules ask again when their time comes.
    if !decision.challenged.isEmpty {
      var challenge = Wake(id: wake.id, row: wake.row, descriptor: wake.descriptor)
      challenge.challenged = decision.challenged
      observe(challenge, panel, now)
      let recheck = decision.recheck
      decision = panel.decide(wake.row, now: now)
      decision.recheck = min(decision.recheck, recheck)
    }
    if decision.kind != entry.kind { conclude(wake.slot, panel, decision, now) }
    if decision.kind == .alive { panel.settle(wake.row, now: now) }
    wake.recheck = decision.recheck
  }

  private func observe(_ wake: borrowing Wake, _ panel: Panel, _ now: MonotonicTime) {
    let (id, row) = (wake.id, wake.row)
    let socket = sockets.borrow(wake.slot, wake.descriptor)
    let horizon = now + Engine.slack
    var seats = panel.seats(for: wake)
    while let seat = seats.popFirst() {
      panel.lanes[seat].observe(wake, seat: seat, now: now, horizon: horizon, socket: socket) { evidence in
        guard let evidence = consume evidence else { return }
        if let news = panel.cast(evidence, seat: seat, row: row, now: now) {
          outbox.post(.evidence(id, news))
        }
      }
    }
  }

  private func conclude(_ slot: UInt32, _ panel: Panel, _ decision: Decision, _ now: MonotonicTime) {
    let entry = slots[slot]
    let row = Int(entry.row)
    slots[slot].kind = decision.kind
    let deciders = panel.deciders(decision.deciders, row: row)
    let cause = panel.cause(of: deciders, row: row, now: now)
    announce(slot, decision.kind, from: entry.kind, cause, deciders, panel.record(row), now)
  }

  private func deadline(of entry: Slot) -> MonotonicTime {
    entry.isEnded ? .never : panels[entry.panel].deadline(Int(entry.row))
  }

  // MARK: Shared sources

  private func findSources(of panel: Panel) throws(Errno) {
    try panel.findSources { (lane) throws(Errno) in
      let index = try sources.index(for: lane) { (descriptor, index) throws(Errno) in
        try poller.add(descriptor, asShared: index)
      }
      guard let index, let source = sources[index] else { return nil }
      return (index, source)
    }
  }

  /// Lets the shared sources go on, and has those connections looked at that they have news of.
  private func hear(_ ready: [Int], _ now: MonotonicTime) {
    sources.advance(ready: ready, now: now)
    while wakes.count < Engine.largestTurn, let (id, source) = sources.popWaiting() {
      guard slots.contains(id), !slots[id.slot].isEnded,
        let seat = panels[slots[id.slot].panel].seat(ofSource: source)
      else { continue }
      wakes.change(id.slot, wake(id.slot)) { $0.informed.insert(seat) }
    }
  }

  /// Whether what a source has read ahead serves this look. It names the socket, so the descriptor is not asked
  /// whose it is before something is set on it.
  private func hasReading(_ wake: Wake, _ entry: Slot, _ now: MonotonicTime) -> Bool {
    guard let reader = sources.reader, wake.isOnlyDue, entry.descriptor >= 0,
      sockets.pingers[wake.slot] == nil, let info = reader.reading(cookie: entry.cookie, now: now)
    else { return false }
    sockets.access.take(info, of: entry.descriptor, cookie: entry.cookie)
    return true
  }

  // MARK: Identity

  /// Whether the descriptor still names the socket that was lent.
  private func isStill(_ entry: Slot) -> Bool {
    entry.descriptor < 0 || (try? sockets.access.cookie(entry.descriptor)) == entry.cookie
  }

  /// The owner closed the descriptor under us: that is the end, and nothing of the socket may be touched.
  private func end(_ slot: UInt32, _ now: MonotonicTime) {
    slots[slot].isEnded = true
    let entry = slots[slot]
    guard entry.kind != .dead else { return }
    slots[slot].kind = .dead
    let evidence = Evidence(
      .dead, layer: .connection, cause: .localClosed, at: now, isConclusive: true,
      notes: [.count("descriptor", entry.descriptor), .text("errno", "EBADF")])
    let deciders = Deciders([Ballot(detector: "monitor", evidence: evidence)])
    let record = panels[entry.panel].record(Int(entry.row))
    announce(slot, .dead, from: entry.kind, .localClosed, deciders, record, now)
  }

  // MARK: Events

  private func announce(
    _ slot: UInt32, _ kind: Decision.Kind, from previous: Decision.Kind, _ cause: Cause?,
    _ deciders: Deciders, _ record: Trail.Record, _ now: MonotonicTime
  ) {
    let change = VerdictChange(
      slots.id(slot), Verdict(kind, cause), previous: Verdict(previous, deadCauses[Int(slot)]), cause,
      deciders, record, time: now)
    deadCauses[Int(slot)] = kind == .dead ? cause : nil
    outbox.post(.verdict(change))
  }

  /// Hands the events of past turns over, in order. A handler may watch and unwatch; what it unwatched is
  /// named no more.
  func deliver() {
    let events = outbox.takeAll()
    defer { outbox.giveBack(events) }
    for event in events {
      guard slots.contains(event.connection) else { continue }
      outbox.handler(for: event.connection)?(event)
      guard slots.contains(event.connection) else { continue }
      broadcast?(event)
    }
  }
}
