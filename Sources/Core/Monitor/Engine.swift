import CFlatline
import Glibc

/// The work of a monitor, turn by turn, on whichever thread holds the monitor's lock: signals to detectors,
/// evidence to ballots, ballots to verdicts.
final class Engine {
  /// Deadlines this near are taken in the same turn.
  static var slack: Duration { .milliseconds(1) }
  /// A turn this late was no scheduling noise: the monitor itself slept.
  static var stallLimit: Duration { .milliseconds(100) }
  /// The most wakes in one turn; what is due beyond waits for the next, right after.
  static var largestTurn: Int { 256 }
  /// Looks in a row at a connection at rest that do not ask whose the descriptor is.
  static var mostTrustedLooks: UInt8 { 3 }
  /// More than a turn of so many takes.
  static var pause: Duration { .milliseconds(2) }

  /// What every deadline has been moved by in all.
  var timeAsleep = Duration.zero
  let sockets = Sockets()
  // The monitor's lock keeps two threads out, and no method here is called back while it changes one of these;
  // checking that at run time would be work between an event and its verdict.
  @exclusivity(unchecked) var poller: Poller
  @exclusivity(unchecked) var timers = TimerHeap()
  @exclusivity(unchecked) var slots = SlotTable()
  @exclusivity(unchecked) var panels: PanelTable
  @exclusivity(unchecked) var outbox = Outbox()
  @exclusivity(unchecked) var sources: SourceTable
  /// When the sources next want a turn, as of the last one: an event need not wait for them to be asked.
  @exclusivity(unchecked) var sourcesDue = MonotonicTime.never
  /// Connections to be looked at in the next turn without the kernel saying so.
  @exclusivity(unchecked) var wakes = WakeList()
  /// When the turn before began.
  @exclusivity(unchecked) var lastTurn = MonotonicTime(nanoseconds: 0)
  /// A verdict of this turn is not good.
  @exclusivity(unchecked) var isDoubtful = false
  /// Why the dead are dead.
  @exclusivity(unchecked) var deadCauses = SideTable<Cause>()
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

  func pend(_ slot: UInt32, _ change: (inout Wake) -> Void) {
    wakes.change(slot, wake(slot), change)
    poller.wakeUp()
  }

  func wake(_ slot: UInt32) -> Wake {
    let entry = slots[slot]
    return Wake(id: slots.id(slot), row: Int(entry.row), descriptor: entry.descriptor)
  }
}
