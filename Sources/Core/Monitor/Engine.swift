/// The work of a monitor, turn by turn, on the thread that holds the monitor's lock: looks to detectors, opinions
/// to ballots, ballots to verdicts, actions to sockets.
///
/// App code runs in it at three places only: ``perform(_:_:)`` and ``read(_:)`` call pingers, ``deliver()`` calls
/// handlers. App code may watch, unwatch and shut down. After it, the connection is found again by its id.
final class Engine {
  /// Deadlines this near are served in the same turn.
  static var slack: Duration { .milliseconds(1) }
  /// A turn later than this is a stall, not scheduling noise: the monitor itself slept.
  static var stallLimit: Duration { .milliseconds(100) }
  /// The most looks in one turn. Further due looks wait for the next turn, right after.
  static var largestTurn: Int { 256 }
  /// Due looks that a turn makes in any case, however many connections were woken.
  static var leastDueLooks: Int { 64 }
  /// One in this many looks at a connection at rest checks that the descriptor names the borrowed socket.
  static var looksPerCheck: UInt8 { 4 }
  /// One in this many looks at any connection reads its held options, whatever the other readings show.
  static var looksPerReading: UInt8 { 16 }
  /// A suspension this short is none: peers do not notice it.
  static var shortestSuspension: Duration { .milliseconds(500) }
  /// How long a connection is suspect after a suspension, if no detector asks its peer.
  static var longestAwakening: Duration { .seconds(60) }
  /// Longer than a turn with `largestTurn` looks takes.
  static var pause: Duration { .milliseconds(2) }

  let lock = RecursiveLock()
  let clock: any MonotonicClock
  let queue: any EventQueue
  let options: OptionRegistry
  /// Sum of all stalls: every deadline has moved by it.
  var timeAsleep = Duration.zero
  /// Turns and looks so far, for the monitor's account.
  @exclusivity(unchecked) var turns = 0
  @exclusivity(unchecked) var looks = 0
  /// The engine's phase, for the assertions at its entries.
  @exclusivity(unchecked) var phase = Phase.idle
  // The monitor's lock keeps two threads out, and no method here is called back while it changes one of these;
  // checking that at run time would be work between an event and its verdict.
  @exclusivity(unchecked) var sockets: WatchedSockets
  @exclusivity(unchecked) var timers = TimerHeap()
  @exclusivity(unchecked) var slots = SlotTable()
  @exclusivity(unchecked) var groups: PolicyGroups
  @exclusivity(unchecked) var outbox = Outbox()
  @exclusivity(unchecked) var sources: SourceTable
  /// Deadline of the sources, as of the last turn, so that an event does not wait for a query of the sources.
  @exclusivity(unchecked) var sourcesDue = MonotonicTime.never
  /// Connections to look at in the next turn, also without an event of the kernel.
  @exclusivity(unchecked) var wakes = WakeList()
  /// The look for the detectors, filled anew for each connection.
  @exclusivity(unchecked) var look = Look(now: MonotonicTime(nanoseconds: 0))
  /// Actions that detectors returned for this look.
  @exclusivity(unchecked) var actions: [(detector: Int, action: Action)] = []
  /// Start of the turn before.
  @exclusivity(unchecked) var lastTurn = MonotonicTime(nanoseconds: 0)
  /// Some verdict of this turn is not alive.
  @exclusivity(unchecked) var hasSuspicion = false
  /// Causes of the dead verdicts, by slot.
  @exclusivity(unchecked) var deadCauses = SideTable<Cause>()
  /// Announced pauses, by slot.
  @exclusivity(unchecked) var pauses = SideTable<Pause>()
  /// Connections that are suspect since the machine woke, by slot.
  @exclusivity(unchecked) var awakenings = SideTable<Awakening>()
  /// Time that the machine was suspended, as of the last turn.
  @exclusivity(unchecked) var suspended = Duration.zero
  /// Handlers, pingers and sockets of ended watches. They are released when nothing here is being changed: their
  /// deinit may call the monitor.
  @exclusivity(unchecked) private var released: [Any] = []
  /// Receives the events of every connection.
  @exclusivity(unchecked) var broadcast: (@Sendable (WatchEvent) -> Void)?
  /// Also receives the verdicts on every connection.
  @exclusivity(unchecked) var publish: ((VerdictChange) -> Void)?

  /// The phases of the engine.
  enum Phase { case idle, turning, examining }

  init(
    registry: DetectorRegistry, sources surroundings: SourceSurroundings, system: MonitorSystem
  ) {
    clock = system.clock
    queue = system.queue
    options = system.options
    sockets = WatchedSockets(system.sockets)
    groups = PolicyGroups(registry: registry)
    sources = SourceTable(surroundings, queue: system.queue)
    let bootTime = clock.bootTime()
    suspended = bootTime - clock.now()
  }

  /// Called at each entry: the lock must be held, and no detector may be in an examination.
  func assertEntered() {
    lock.preconditionHeld()
    assert(phase != .examining, "a detector called its monitor: it returns actions instead")
  }

  func pend(_ slot: UInt32, _ change: (inout Wake) -> Void) {
    wakes.change(slot, wake(slot), change)
    queue.wakeUp()
  }

  func wake(_ slot: UInt32) -> Wake {
    let entry = slots[slot]
    return Wake(id: slots.id(slot), row: Int(entry.row), descriptor: entry.descriptor)
  }

  func release(_ values: Any?...) {
    for case let value? in values { released.append(value) }
  }

  func takeReleased() -> [Any] {
    if released.isEmpty { return [] }
    defer { released = [] }
    return released
  }
}
