import Flatline
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// What handlers may do, and when they are called no more.
struct HandlerTests {
  private final class Calls: Sendable {
    let isOver = Atomic(false)
    let early = Atomic(0)
    let late = Atomic(0)
  }

  /// The peer closes while another thread unwatches, over and over, until each has come first.
  @Test(.timeLimit(.minutes(1))) func afterUnwatchNoHandlerNamesTheConnection() throws {
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    var rounds: [Calls] = []
    var called = 0
    // The longer the reset had, the shorter it gets, and the other way round: so the two stay close.
    var head = 10
    while rounds.count < 300 || ((called == 0 || called == rounds.count) && rounds.count < 5000) {
      let pair = try TCPPair.loopback(server: .silent)
      let calls = Calls()
      rounds.append(calls)
      let id = try monitor.watch(pair.client, policy: .epollOnly) { _ in
        if calls.isOver.load(ordering: .acquiring) {
          calls.late.add(1, ordering: .relaxed)
        } else {
          calls.early.add(1, ordering: .relaxed)
        }
      }
      pair.serverResets()
      for _ in 0..<head { sched_yield() }
      monitor.unwatch(id)
      calls.isOver.store(true, ordering: .releasing)
      let wasCalled = calls.early.load(ordering: .relaxed) > 0
      called += wasCalled ? 1 : 0
      head = wasCalled ? head / 2 : head + 10
    }
    // Both outcomes of the race were seen, so it was one.
    #expect(called > 0 && called < rounds.count)
    // Events are handled in order: what was to come of the others has come before this one.
    let (last, log) = (try TCPPair.loopback(server: .silent), VerdictLog())
    _ = try monitor.watch(last.client, policy: .epollOnly) { log.take($0) }
    last.serverResets()
    #expect(log.waitForDeath())
    #expect(rounds.allSatisfy { $0.late.load(ordering: .relaxed) == 0 })
  }

  @Test func aHandlerMayUnwatchAndWatchAgain() throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .silent))
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let calls = Log<String>()
    let first = Mutex<ConnectionID?>(nil)
    // Under the lock of the id, so that the handler finds it.
    try first.withLock { id in
      id = try monitor.watch(pair.client, policy: .epollOnly) { event in
        guard let id = first.withLock({ $0 }) else { return }
        calls.add("first \(event.connection == id)")
        monitor.unwatch(id)
        monitor.unwatch(id)
        _ = try? monitor.watch(other.client, policy: .epollOnly) { _ in calls.add("second") }
      }
    }
    pair.serverCloses()
    #expect(eventually { calls.entries.count == 1 })
    other.serverCloses()
    #expect(eventually { calls.entries.contains("second") })
    // Unwatched at the evidence, it was not told the verdict.
    #expect(calls.entries.filter { $0 == "first true" }.count == 1)
  }

  @Test func aHandlerMayShutTheMonitorDown() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    let calls = Log<WatchEvent>()
    let id = try monitor.watch(pair.client, policy: .epollOnly) { event in
      calls.add(event)
      monitor.shutDown()
    }
    pair.serverCloses()
    #expect(eventually { calls.entries.count == 1 })
    // Waits for the lock, which the turn holds until it has handed everything over.
    #expect(monitor.verdict(of: id) == nil)
    #expect(calls.entries.count == 1)
    #expect(throws: WatchError.shutDown) { try monitor.watch(pair.client, policy: .epollOnly) }
  }
}

extension HandlerTests {
  /// Unwatches another connection when it goes.
  private final class Partner: Sendable {
    let monitor: Monitor
    let other: ConnectionID
    init(_ monitor: Monitor, _ other: ConnectionID) {
      self.monitor = monitor
      self.other = other
    }
    deinit { monitor.unwatch(other) }
  }

  /// A proxy's two connections, each held by the handler of the one before: one `unwatch` lets all of them go.
  @Test func whatAHandlerHoldsMayCallTheMonitorAsItGoes() throws {
    let pairs = try (0..<20).map { _ in try TCPPair.loopback(server: .silent) }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    var ids: [ConnectionID] = []
    for pair in pairs {
      let partner = ids.last.map { Partner(monitor, $0) }
      ids.append(try monitor.watch(pair.client, policy: .epollOnly) { _ in _ = partner })
    }
    if let last = ids.last { monitor.unwatch(last) }
    #expect(ids.allSatisfy { monitor.verdict(of: $0) == nil })
    for pair in pairs { monitor.unwatch(try monitor.watch(pair.client, policy: .epollOnly)) }
  }
}
