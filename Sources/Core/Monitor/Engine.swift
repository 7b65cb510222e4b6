import CFlatline
import Glibc

/// The work of a monitor, turn by turn, on whichever thread holds the monitor's lock: signals to detectors,
/// evidence to ballots, ballots to verdicts.
final class Engine {
  /// Deadlines this near are taken in the same turn.
  private static let slack = Duration.milliseconds(1)
  /// A turn this late was no scheduling noise: the monitor itself slept.
  private static let stallLimit = Duration.milliseconds(100)
  /// The most wakes in one turn; what is due beyond waits for the next, right after.
  private static let largestTurn = 256

  private let sockets = Sockets()
  // The monitor's lock keeps two threads out, and no method here is called back while it changes one of these;
  // checking that at run time would be work between an event and its verdict.
  @exclusivity(unchecked) private var poller: Poller
  @exclusivity(unchecked) private var timers = TimerHeap()
  @exclusivity(unchecked) private var slots = SlotTable()
  @exclusivity(unchecked) private var panels: PanelTable
  @exclusivity(unchecked) private var outbox = Outbox()
  /// Connections to be looked at in the next turn without the kernel saying so.
  @exclusivity(unchecked) private var wakes = WakeList()
  /// Why the dead are dead.
  @exclusivity(unchecked) private var deadCauses: [UInt32: Cause] = [:]
  /// Until when the monitor surely did not sleep: a backlog that takes many turns is no sleep.
  private var awake = MonotonicTime(nanoseconds: 0)
  /// Where events of every connection go.
  var broadcast: ((WatchEvent) -> Void)?

  init(registry: DetectorRegistry) throws(Errno) {
    panels = PanelTable(registry: registry)
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
    let id = slots.take()
    sockets.pingers[id.slot] = pinger
    do {
      let row = try register(descriptor, as: id, panels[panel], pinger)
      slots.fill(id, descriptor: descriptor, cookie: cookie, panel: panel, row: row)
    } catch {
      sockets.pingers[id.slot] = nil
      slots.release(id)
      throw error == .exists ? .alreadyWatched(descriptor: descriptor) : .system(error)
    }
    outbox.setHandler(handler, for: id)
    // The first deadlines, and whatever a pinger has to read already.
    timers.set(id.slot, deadline(of: slots[id.slot]))
    if pinger?.readsStream == true { pend(id.slot) { _ in } }
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
    guard slots.contains(id) else { return }
    let entry = slots[id.slot]
    sockets.access.beginTurn()
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
    deadCauses[id.slot] = nil
    sockets.pingers[id.slot] = nil
  }

  func unwatchAll() {
    for slot in slots.used { unwatch(slots.id(slot)) }
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
    slots.contains(id) ? Verdict(slots[id.slot].kind, deadCauses[id.slot]) : nil
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
    let late = now - max(timers.earliest, awake)
    if late > Engine.stallLimit { excuse(late, now) }
    for event in ready {
      guard case .socket(let id, let readiness) = poller.source(of: event), slots.contains(id) else {
        continue
      }
      wakes.change(id.slot, wake(id.slot)) { $0.readiness.formUnion(readiness) }
    }
    while wakes.count < Engine.largestTurn, let slot = timers.popDue(by: now + Engine.slack) {
      wakes.change(slot, wake(slot)) { $0.isDue = true }
    }
    var batch = wakes.take()
    for index in batch.indices { look(&batch[index], now) }
    deliver()
    for wake in batch where slots.contains(wake.id) {
      timers.set(wake.slot, min(wake.recheck, deadline(of: slots[wake.slot])))
    }
    wakes.giveBack(batch)
    poller.setTimer(timers.earliest)
    awake = timers.earliest > now ? now : .now()
  }

  /// The monitor slept: every connection hears of it before any of its deadlines counts.
  private func excuse(_ stall: Duration, _ now: MonotonicTime) {
    for slot in slots.used where !slots[slot].isEnded {
      let panel = panels[slots[slot].panel]
      var wake = wake(slot)
      wake.stall = stall
      panel.extend(wake.row, by: stall)
      sockets.access.beginTurn()
      if isStill(slots[slot]) { observe(wake, now) }
      // Every deadline has moved: a look finds the next.
      timers.set(slot, now)
    }
  }

  private func wake(_ slot: UInt32) -> Wake {
    let entry = slots[slot]
    return Wake(id: slots.id(slot), row: Int(entry.row), descriptor: entry.descriptor)
  }

  /// Lets the owner of a stream read what has come.
  private func read(_ wake: inout Wake) {
    guard let pinger = sockets.pingers[wake.slot], pinger.readsStream else { return }
    let reception = pinger.receive()
    wake.received += reception.bytes
    if reception.hasMore { pend(wake.slot) { _ in } }
  }

  /// One connection's turn: all its detectors, then the vote, then the challenges the vote asks for.
  private func look(_ wake: inout Wake, _ now: MonotonicTime) {
    let entry = slots[wake.slot]
    guard entry.isUsed else { return }
    sockets.access.beginTurn()
    // What epoll reports it reports of the socket that was lent, whatever its descriptor names by now.
    guard wake.isOnlyReadiness || isStill(entry) else { return end(wake.slot, now) }
    read(&wake)
    observe(wake, now)
    let panel = panels[entry.panel]
    var decision = panel.decide(wake.row, now: now)
    // One round of answers settles every challenge of this turn; rules ask again when their time comes.
    if !decision.challenged.isEmpty {
      var challenge = Wake(id: wake.id, row: wake.row, descriptor: wake.descriptor)
      challenge.challenged = decision.challenged
      observe(challenge, now)
      let recheck = decision.recheck
      decision = panel.decide(wake.row, now: now)
      decision.recheck = min(decision.recheck, recheck)
    }
    conclude(wake.slot, decision, now)
    wake.recheck = decision.recheck
  }

  private func observe(_ wake: Wake, _ now: MonotonicTime) {
    let panel = panels[slots[wake.slot].panel]
    let id = wake.id
    let socket = sockets.borrow(wake.slot, wake.descriptor)
    for (seat, lane) in panel.lanes.enumerated() {
      lane.observe(wake, seat: seat, now: now, horizon: now + Engine.slack, socket: socket) { evidence in
        if let news = panel.cast(evidence, seat: seat, row: wake.row, now: now) {
          outbox.post(.evidence(id, news))
        }
      }
    }
  }

  private func conclude(_ slot: UInt32, _ decision: Decision, _ now: MonotonicTime) {
    let entry = slots[slot]
    let panel = panels[entry.panel]
    if decision.kind != entry.kind {
      slots[slot].kind = decision.kind
      let ballots = panel.ballots(of: decision.deciders, row: Int(entry.row))
      announce(slot, decision.kind, from: entry.kind, ballots, now)
    }
  }

  private func deadline(of entry: Slot) -> MonotonicTime {
    entry.isEnded ? .never : panels[entry.panel].deadline(Int(entry.row))
  }

  // MARK: Identity

  /// Whether the descriptor still names the socket that was lent.
  private func isStill(_ entry: Slot) -> Bool {
    (try? sockets.access.cookie(entry.descriptor)) == entry.cookie
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
    announce(slot, .dead, from: entry.kind, [Ballot(detector: "monitor", evidence: evidence)], now)
  }

  // MARK: Events

  private func announce(
    _ slot: UInt32, _ kind: Decision.Kind, from previous: Decision.Kind, _ ballots: [Ballot],
    _ now: MonotonicTime
  ) {
    let cause = ballots.first?.evidence.cause
    let change = VerdictChange(
      connection: slots.id(slot), verdict: Verdict(kind, cause),
      previous: Verdict(previous, deadCauses[slot]), cause: cause,
      decidedBy: ballots, time: now)
    deadCauses[slot] = kind == .dead ? cause : nil
    outbox.post(.verdict(change))
  }

  /// Hands the events of past turns over, in order. A handler may watch and unwatch; what it unwatched is
  /// named no more.
  func deliver() {
    for event in outbox.takeAll() {
      guard slots.contains(event.connection) else { continue }
      outbox.handler(for: event.connection)?(event)
      guard slots.contains(event.connection) else { continue }
      broadcast?(event)
    }
  }
}
