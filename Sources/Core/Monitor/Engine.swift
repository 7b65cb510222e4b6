import CFlatline

/// The work of a monitor, turn by turn, on whichever thread holds the monitor's lock: signals to detectors,
/// evidence to ballots, ballots to verdicts.
final class Engine {
  /// Deadlines this near are taken in the same turn.
  private static let slack = Duration.milliseconds(1)
  /// A turn this late was no scheduling noise: the monitor itself slept.
  private static let stallLimit = Duration.milliseconds(100)
  /// The most wakes in one turn; what is due beyond waits for the next, right after.
  private static let largestTurn = 1024

  private let registry: DetectorRegistry
  private let sockets = Sockets()
  private var poller: Poller
  private var timers = TimerHeap()
  private var slots: ContiguousArray<Slot> = []
  private var freeSlots: [UInt32] = []
  private var panels: [Panel] = []
  private var panelIndex: [Policy: UInt16] = [:]
  /// Connections to be looked at in the next turn without the kernel saying so.
  private var pending: [UInt32: Wake] = [:]
  private var handlers: [UInt32: @Sendable (WatchEvent) -> Void] = [:]
  private var events: [WatchEvent] = []
  /// Why the dead are dead.
  private var deadCauses: [UInt32: Cause] = [:]
  /// Where events of every connection go.
  var broadcast: ((WatchEvent) -> Void)?

  init(registry: DetectorRegistry) throws(Errno) {
    self.registry = registry
    poller = try Poller()
  }

  var descriptor: CInt { poller.descriptor }

  /// Safe on any thread.
  func wakeUp() { poller.wakeUp() }

  // MARK: Watching

  func watch(
    _ descriptor: CInt, policy: Policy, pinger: (any Pinger)?, handler: (@Sendable (WatchEvent) -> Void)?
  ) throws(WatchError) -> ConnectionID {
    let panel = try panelIndex(for: policy)
    let cookie = try identify(descriptor)
    let slot = freeSlots.popLast() ?? UInt32(slots.count)
    if Int(slot) == slots.count { slots.append(Slot()) }
    slots[Int(slot)].generation &+= 1
    let id = ConnectionID(slot: slot, generation: slots[Int(slot)].generation)
    sockets.pingers[slot] = pinger
    do {
      slots[Int(slot)].row = UInt32(try register(descriptor, as: id, panels[Int(panel)], pinger))
    } catch {
      sockets.pingers[slot] = nil
      freeSlots.append(slot)
      throw error == .exists ? .alreadyWatched(descriptor: descriptor) : .system(error)
    }
    slots[Int(slot)].descriptor = descriptor
    slots[Int(slot)].cookie = cookie
    slots[Int(slot)].panel = panel
    slots[Int(slot)].kind = .alive
    slots[Int(slot)].isUsed = true
    handlers[slot] = handler
    // The first deadlines, and whatever a pinger has to read already.
    schedule(slot)
    if pinger?.readsStream == true { pend(slot) { _ in } }
    poller.setTimer(timers.earliest)
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
    try poller.add(descriptor, as: id, interest: reads ? panel.readiness.union(.readable) : panel.readiness)
    do {
      return try panel.attach(sockets.borrow(id.slot, descriptor), now: .now())
    } catch {
      try? poller.remove(descriptor)
      throw error
    }
  }

  func unwatch(_ id: ConnectionID) {
    guard let slot = index(of: id) else { return }
    let entry = slots[slot]
    let row = Int(entry.row)
    sockets.access.beginTurn()
    if isStill(entry) {
      panels[Int(entry.panel)].detach(row, sockets.borrow(id.slot, entry.descriptor))
      // The socket is still ours to leave; that it is in the set is our own doing.
      try? poller.remove(entry.descriptor)
    } else {
      panels[Int(entry.panel)].release(row)
    }
    slots[slot].isUsed = false
    slots[slot].descriptor = -1
    timers.set(id.slot, .never)
    pending[id.slot] = nil
    handlers[id.slot] = nil
    deadCauses[id.slot] = nil
    sockets.pingers[id.slot] = nil
    freeSlots.append(id.slot)
  }

  func unwatchAll() {
    for slot in slots.indices where slots[slot].isUsed {
      unwatch(ConnectionID(slot: UInt32(slot), generation: slots[slot].generation))
    }
  }

  /// The owner of the stream saw bytes from the peer.
  func received(_ bytes: Int, on id: ConnectionID) {
    guard index(of: id) != nil else { return }
    pend(id.slot) { $0.received += bytes }
  }

  private func pend(_ slot: UInt32, _ change: (inout Wake) -> Void) {
    var wake = pending[slot] ?? wake(slot)
    change(&wake)
    pending[slot] = wake
    poller.wakeUp()
  }

  func verdict(of id: ConnectionID) -> Decision.Kind? {
    index(of: id).map { slots[$0].kind }
  }

  private func index(of id: ConnectionID) -> Int? {
    let slot = Int(id.slot)
    guard slot < slots.count, slots[slot].isUsed, slots[slot].generation == id.generation else { return nil }
    return slot
  }

  private func panelIndex(for policy: Policy) throws(WatchError) -> UInt16 {
    if let index = panelIndex[policy] { return index }
    guard panels.count < UInt16.max else {
      throw .policy(PolicyError(at: policy.name, found: "too many policies", allowed: "65535 in one monitor"))
    }
    do {
      panels.append(try Panel(policy, registry: registry))
    } catch {
      throw .policy(error.from(policy.name))
    }
    panelIndex[policy] = UInt16(panels.count - 1)
    return UInt16(panels.count - 1)
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

  /// One turn over what a wait brought. Its events are kept for ``deliver()``.
  func turn(_ ready: ArraySlice<epoll_event>) {
    let now = MonotonicTime.now()
    let late = now - timers.earliest
    var wakes = collect(ready)
    if late > Engine.stallLimit { excuse(&wakes, late) }
    while wakes.count < Engine.largestTurn, let slot = timers.popDue(by: now + Engine.slack) {
      wakes[slot, default: wake(slot)].isDue = true
    }
    for var wake in wakes.values {
      if let pinger = sockets.pingers[wake.slot], pinger.readsStream { read(pinger, &wake) }
      look(wake, now)
    }
    poller.setTimer(timers.earliest)
  }

  /// The connections that the kernel or the app named.
  private func collect(_ ready: ArraySlice<epoll_event>) -> [UInt32: Wake] {
    var wakes: [UInt32: Wake] = [:]
    swap(&wakes, &pending)
    for event in ready {
      guard case .socket(let id, let readiness) = poller.source(of: event), index(of: id) != nil else {
        continue
      }
      wakes[id.slot, default: wake(id.slot)].readiness.formUnion(readiness)
    }
    return wakes
  }

  /// The monitor slept: every connection hears of it before any of its deadlines counts.
  private func excuse(_ wakes: inout [UInt32: Wake], _ stall: Duration) {
    for slot in slots.indices where slots[slot].isUsed {
      panels[Int(slots[slot].panel)].extend(Int(slots[slot].row), by: stall)
      wakes[UInt32(slot), default: wake(UInt32(slot))].stall = stall
    }
  }

  private func wake(_ slot: UInt32) -> Wake {
    let entry = slots[Int(slot)]
    return Wake(slot: slot, row: Int(entry.row), descriptor: entry.descriptor)
  }

  /// Lets the owner of a stream read what has come.
  private func read(_ pinger: any Pinger, _ wake: inout Wake) {
    let reception = pinger.receive()
    wake.received += reception.bytes
    if reception.hasMore { pend(wake.slot) { _ in } }
  }

  /// One connection's turn: all its detectors, then the vote, then the challenges the vote asks for.
  private func look(_ wake: Wake, _ now: MonotonicTime) {
    let entry = slots[Int(wake.slot)]
    guard entry.isUsed else { return }
    sockets.access.beginTurn()
    guard isStill(entry) else {
      end(wake.slot, now)
      return
    }
    observe(wake, now)
    let panel = panels[Int(entry.panel)]
    var decision = panel.decide(wake.row, now: now)
    // One round of answers settles every challenge of this turn; rules ask again when their time comes.
    if !decision.challenged.isEmpty {
      var challenge = Wake(slot: wake.slot, row: wake.row, descriptor: wake.descriptor)
      challenge.challenged = decision.challenged
      observe(challenge, now)
      let recheck = decision.recheck
      decision = panel.decide(wake.row, now: now)
      decision.recheck = min(decision.recheck, recheck)
    }
    conclude(wake.slot, decision, now)
  }

  private func observe(_ wake: Wake, _ now: MonotonicTime) {
    let entry = slots[Int(wake.slot)]
    let panel = panels[Int(entry.panel)]
    let id = ConnectionID(slot: wake.slot, generation: entry.generation)
    let socket = sockets.borrow(wake.slot, wake.descriptor)
    for (seat, lane) in panel.lanes.enumerated() {
      lane.observe(wake, seat: seat, now: now, horizon: now + Engine.slack, socket: socket) { evidence in
        if let news = panel.cast(evidence, seat: seat, row: wake.row, now: now) {
          events.append(.evidence(id, news))
        }
      }
    }
  }

  private func conclude(_ slot: UInt32, _ decision: Decision, _ now: MonotonicTime) {
    let entry = slots[Int(slot)]
    let panel = panels[Int(entry.panel)]
    if decision.kind != entry.kind {
      slots[Int(slot)].kind = decision.kind
      let ballots = panel.ballots(of: decision.deciders, row: Int(entry.row))
      announce(slot, decision.kind, from: entry.kind, ballots, now)
    }
    timers.set(slot, min(decision.recheck, panel.deadline(Int(entry.row))))
  }

  private func schedule(_ slot: UInt32) {
    let entry = slots[Int(slot)]
    timers.set(slot, panels[Int(entry.panel)].deadline(Int(entry.row)))
  }

  // MARK: Identity

  /// Whether the descriptor still names the socket that was lent.
  private func isStill(_ entry: Slot) -> Bool {
    (try? sockets.access.cookie(entry.descriptor)) == entry.cookie
  }

  /// The owner closed the descriptor under us: that is the end, and nothing of the socket may be touched.
  private func end(_ slot: UInt32, _ now: MonotonicTime) {
    timers.set(slot, .never)
    let entry = slots[Int(slot)]
    guard entry.kind != .dead else { return }
    slots[Int(slot)].kind = .dead
    let evidence = Evidence(
      .dead, layer: .connection, cause: .localClosed, at: now, isConclusive: true,
      facts: [.count("descriptor", entry.descriptor), .text("errno", "EBADF")])
    announce(slot, .dead, from: entry.kind, [Ballot(detector: "monitor", evidence: evidence)], now)
  }

  // MARK: Events

  private func announce(
    _ slot: UInt32, _ kind: Decision.Kind, from previous: Decision.Kind, _ ballots: [Ballot],
    _ now: MonotonicTime
  ) {
    let cause = ballots.first?.evidence.cause
    let change = VerdictChange(
      connection: ConnectionID(slot: slot, generation: slots[Int(slot)].generation),
      verdict: Verdict(kind, cause), previous: Verdict(previous, deadCauses[slot]), cause: cause,
      decidedBy: ballots, time: now)
    deadCauses[slot] = kind == .dead ? cause : nil
    events.append(.verdict(change))
  }

  /// Hands the events of past turns over, in order. A handler may watch and unwatch; what it unwatched is
  /// named no more.
  func deliver() {
    while !events.isEmpty {
      var batch: [WatchEvent] = []
      swap(&batch, &events)
      for event in batch {
        guard index(of: event.connection) != nil else { continue }
        handlers[event.connection.slot]?(event)
        guard index(of: event.connection) != nil else { continue }
        broadcast?(event)
      }
    }
  }
}
