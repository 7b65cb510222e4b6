import FlatlineCore
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// The monitor's side of the detector contract, seen by a detector of one's own.
struct CustomDetectorTests {
  private let registry = DetectorRegistry([Marionette.self])

  @Test func signalsComeInOrder() throws {
    let strings = Marionette.strings(1)
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor(registry: registry)
    let id = try monitor.watch(pair.client, policy: Marionette.policy(1, readable: true))
    func seen(_ event: Signal.Event) -> Int? { strings.signals.entries.firstIndex(of: event) }

    #expect(eventually { strings.signals.entries.count { $0 == .deadline } >= 3 })
    #expect(seen(.readiness(.readable)) == nil)
    try pair.serverSends("hello")
    #expect(eventually { seen(.readiness(.readable)) != nil })
    monitor.noteReceived(3, on: id)
    monitor.noteReceived(4, on: id)
    #expect(
      eventually { strings.signals.entries.contains { if case .received = $0 { true } else { false } } })
    pair.serverCloses()
    #expect(eventually { seen(.readiness([.readable, .readHangUp])) != nil })

    let events = strings.signals.entries
    let bytes = events.reduce(0) { sum, event in
      if case .received(let count) = event { sum + count } else { sum }
    }
    #expect(bytes == 7)
    let order = [
      events.firstIndex(of: .deadline), seen(.readiness(.readable)),
      events.firstIndex { if case .received = $0 { true } else { false } },
      seen(.readiness([.readable, .readHangUp])),
    ].compactMap { $0 }
    #expect(order.count == 4)
    #expect(order == order.sorted())

    monitor.unwatch(id)
    #expect(strings.isDetached.withLock { $0 } == 1)
    let count = strings.signals.entries.count
    usleep(60_000)
    #expect(strings.signals.entries.count == count)
    monitor.shutDown()
    #expect(strings.isDetached.withLock { $0 } == 1)
  }

  @Test func anAppThatTellsOfTooManyBytesIsBelievedUpToAnInt() throws {
    let strings = Marionette.strings(4)
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor(registry: registry, drive: .application)
    defer { monitor.shutDown() }
    let id = try monitor.watch(pair.client, policy: Marionette.policy(4, period: .zero))
    for bytes in [Int.max, .max, .min, 1] { monitor.noteReceived(bytes, on: id) }
    monitor.process()
    #expect(strings.signals.entries.contains(.received(bytes: .max)))
  }

  @Test func evidenceExpiresAndTheVerdictGoesBack() throws {
    let strings = Marionette.strings(2)
    strings.answer.withLock { answer in
      answer = { signal in
        guard case .readiness = signal.event else { return nil }
        return Evidence(
          .suspicious, layer: .host, cause: .stalled, at: signal.now, lifetime: .milliseconds(80))
      }
    }
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor(registry: registry)
    defer { monitor.shutDown() }
    let log = Log<VerdictChange>()
    _ = try monitor.watch(pair.client, policy: Marionette.policy(2, period: .zero)) { event in
      if case .verdict(let change) = event { log.add(change) }
    }
    pair.serverShutsDownWrite()
    #expect(eventually { log.entries.count == 2 })
    let changes = log.entries
    #expect(changes.map(\.verdict) == [.suspect, .alive])
    #expect(changes.map(\.previous) == [.alive, .suspect])
    #expect(changes.first?.cause == .stalled)
    #expect(changes.last?.decidedBy.isEmpty == true)
    if let first = changes.first, let last = changes.last {
      #expect(last.time - first.time >= .milliseconds(80))
    }
  }

  @Test func onlyNewsIsTold() throws {
    let strings = Marionette.strings(3)
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor(registry: registry)
    defer { monitor.shutDown() }
    let log = Log<WatchEvent>()
    strings.answer.withLock { answer in
      answer = { Evidence(.dead, layer: .process, cause: .peerHung, at: $0.now) }
    }
    let id = try monitor.watch(pair.client, policy: Marionette.policy(3)) { log.add($0) }
    #expect(eventually { strings.signals.entries.count >= 5 })
    // One ballot and one verdict, however often it is said.
    #expect(log.entries.count == 2)
    guard case .evidence(id, let ballot) = log.entries.first, case .verdict(let change) = log.entries.last
    else {
      Issue.record("\(log.entries)")
      return
    }
    #expect(change.decidedBy == [ballot])
    #expect(change.verdict == .dead(.peerHung))
    // It takes it back: alive again, and told so.
    strings.answer.withLock { answer in answer = { .withdrawn(at: $0.now) } }
    #expect(eventually { log.entries.count == 4 })
    guard case .verdict(let back) = log.entries.last else { return }
    #expect(back.verdict == .alive)
    #expect(back.previous == .dead(.peerHung))
  }
}
