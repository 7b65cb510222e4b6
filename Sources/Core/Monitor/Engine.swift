/// The work of a monitor, turn by turn, on whichever thread holds the monitor's lock: looks to detectors, opinions to
/// ballots, ballots to verdicts, actions to sockets.
///
/// Code of the app runs in it at three places only: ``perform(_:_:)`` and ``read(_:)`` call pingers, ``deliver()`` calls handlers. Each may watch,
/// unwatch and shut down: after each the connection is looked up again by its id.
final class Engine {
  /// Deadlines this near are taken in the same turn.
  static var slack: Duration { .milliseconds(1) }
  /// A turn this late was no scheduling noise: the monitor itself slept.
  static var stallLimit: Duration { .milliseconds(100) }
  /// The most looks in one turn; what is due beyond waits for the next, right after.
  static var largestTurn: Int { 256 }
  /// Of so many looks in a row at a connection at rest one asks whose the descriptor is.
  static var looksPerCheck: UInt8 { 4 }
  /// Of so many looks in a row at any connection one reads its held options, whatever else was seen.
  static var looksPerReading: UInt8 { 16 }
  /// More than a turn of so many takes.
  static var pause: Duration { .milliseconds(2) }

  let lock = RecursiveLock()
  let clock: any MonotonicClock
  let queue: any EventQueue
  let options: OptionRegistry
  /// What every deadline has been moved by in all.
  var timeAsleep = Duration.zero
  /// What the engine is at, for the assertions at its entries.
  @exclusivity(unchecked) var phase = Phase.idle
  // The monitor's lock keeps two threads out, and no method here is called back while it changes one of these;
  // checking that at run time would be work between an event and its verdict.
  @exclusivity(unchecked) var sockets: WatchedSockets
  @exclusivity(unchecked) var timers = TimerHeap()
  @exclusivity(unchecked) var slots = SlotTable()
  @exclusivity(unchecked) var groups: PolicyGroups
  @exclusivity(unchecked) var outbox = Outbox()
  @exclusivity(unchecked) var sources: SourceTable
  /// When the sources next want a turn, as of the last one: an event need not wait for them to be asked.
  @exclusivity(unchecked) var sourcesDue = MonotonicTime.never
  /// Connections to be looked at in the next turn without the kernel saying so.
  @exclusivity(unchecked) var wakes = WakeList()
  /// The look that detectors are given, made anew for each connection.
  @exclusivity(unchecked) var look = Look(now: MonotonicTime(nanoseconds: 0))
  /// What detectors asked for in this look.
  @exclusivity(unchecked) var actions: [(detector: Int, action: Action)] = []
  /// When the turn before began.
  @exclusivity(unchecked) var lastTurn = MonotonicTime(nanoseconds: 0)
  /// Some verdict of this turn is not good.
  @exclusivity(unchecked) var hasSuspicion = false
  /// Why the dead are dead.
  @exclusivity(unchecked) var deadCauses = SideTable<Cause>()
  /// Handlers, pingers and sockets of ended watches. They are released once nothing here is being changed: what they hold may
  /// call the monitor as it goes.
  @exclusivity(unchecked) private var released: [Any] = []
  /// Where events of every connection go.
  @exclusivity(unchecked) var broadcast: (@Sendable (WatchEvent) -> Void)?
  /// Where verdicts on every connection go besides.
  @exclusivity(unchecked) var publish: ((VerdictChange) -> Void)?

  /// What the engine is at.
  enum Phase { case idle, turning, examining }

  init(
    registry: DetectorRegistry, sources surroundings: SourceSurroundings, system: MonitorSystem
  ) {
    clock = system.clock
    queue = system.queue
    options = system.options
    sockets = WatchedSockets(system.sockets)
    groups = PolicyGroups(registry: registry)
    sources = SourceTable(surroundings)
  }

  /// At each entry: the lock is held, and no detector is being examined.
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
