import FlatlineCore
import FlatlineTestKit
import FlatlineTestSupport
import Glibc
import Testing

/// The monitor's side of the detector contract, seen by a detector of one's own.
struct CustomDetectorTests {
  /// A look every 20 ms, at bytes and at a FIN, and at what the app reports.
  private let strings = PuppetStrings(
    needs: Needs(readiness: [.readable, .readHangUp], period: .milliseconds(20), receptions: true))

  private func makeMonitor(_ strings: PuppetStrings, drive: Monitor.Drive = .ownThread) throws -> Monitor {
    try Monitor(registry: DetectorRegistry().registering(PuppetDetector(strings: strings)), drive: drive)
  }

  @Test func looksComeInOrder() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try makeMonitor(strings)
    let id = try monitor.watch(pair.client, policy: PuppetDetector.policy)
    func seen(_ fits: (HeardLook) -> Bool) -> Int? { strings.looks.firstIndex(where: fits) }
    func isReadable(_ look: HeardLook) -> Bool { look.readiness == .readable }
    func isFinished(_ look: HeardLook) -> Bool { look.readiness == [.readable, .readHangUp] }

    #expect(eventually { strings.looks.count { $0.isDue } >= 3 })
    #expect(seen(isReadable) == nil)
    try pair.serverSends("hello")
    #expect(eventually { seen(isReadable) != nil })
    monitor.noteReceived(3, on: id)
    monitor.noteReceived(4, on: id)
    #expect(eventually { seen { $0.received > 0 } != nil })
    pair.serverCloses()
    #expect(eventually { seen(isFinished) != nil })

    #expect(strings.looks.reduce(0) { $0 + $1.received } == 7)
    let order = [seen { $0.isDue }, seen(isReadable), seen { $0.received > 0 }, seen(isFinished)]
      .compactMap { $0 }
    #expect(order.count == 4)
    #expect(order == order.sorted())
    let times = strings.looks.map(\.now)
    #expect(times == times.sorted())

    monitor.unwatch(id)
    monitor.shutDown()
  }

  @Test func whatIsUnwatchedIsNotLookedAt() throws {
    let stage = try VirtualStage(strings, sockets: 2)
    let id = try stage.monitor.watch(1, policy: PuppetDetector.policy)
    stage.run(.milliseconds(100))
    #expect(strings.looks.count == 5)
    stage.machine.report([.readable, .readHangUp], of: 1)
    stage.monitor.noteReceived(3, on: id)
    stage.monitor.unwatch(id)
    #expect(stage.machine.descriptors.isEmpty)
    stage.run(.seconds(3600))
    #expect(strings.looks.count == 5)
    // The monitor runs on.
    _ = try stage.monitor.watch(2, policy: PuppetDetector.policy)
    stage.run(.milliseconds(100))
    #expect(strings.looks.count == 10)
  }

  @Test func anAppThatReportsTooManyBytesIsBelievedUpToAnInt() throws {
    let strings = PuppetStrings(needs: Needs(receptions: true))
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try makeMonitor(strings, drive: .application)
    defer { monitor.shutDown() }
    let id = try monitor.watch(pair.client, policy: PuppetDetector.policy)
    for bytes in [Int.max, .max, .min, 1] { monitor.noteReceived(bytes, on: id) }
    monitor.process()
    #expect(strings.looks.map(\.reasons) == [.received(.max)])
  }

  @Test func evidenceExpiresAndTheVerdictGoesBack() throws {
    let strings = PuppetStrings(needs: .readiness(.readHangUp))
    strings.lean(.suspicious, cause: .stalled, layer: .host, lifetime: .milliseconds(80))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: PuppetDetector.policy) { log.take($0) }
    stage.report(.readHangUp)
    #expect(log.changes.count == 1)
    stage.run(.seconds(1))
    let changes = log.changes
    #expect(changes.map(\.verdict) == [.suspect, .alive])
    #expect(changes.map(\.previous) == [.alive, .suspect])
    #expect(changes.first?.cause == .stalled)
    #expect(changes.last?.decidedBy.isEmpty == true)
    if let first = changes.first, let last = changes.last {
      #expect(last.time - first.time == .milliseconds(80))
    }
  }

  @Test func onlyNewsIsTold() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(20)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    strings.lean(.dead, cause: .peerHung, layer: .process)
    let id = try stage.monitor.watch(1, policy: PuppetDetector.policy) { log.take($0) }
    stage.run(.seconds(1))
    #expect(strings.looks.count == 50)
    // One ballot and one verdict, however often it is said.
    #expect(log.events.count == 2)
    guard case .evidence(id, let ballot) = log.events.first, case .verdict(let change) = log.events.last
    else {
      Issue.record("\(log.events)")
      return
    }
    #expect(change.decidedBy == [ballot])
    #expect(change.verdict == .dead(.peerHung))
    // It takes it back: a death is final, so that was a mistake.
    strings.answer { Opinion(.withdrawn(at: $0.now)) }
    stage.run(.seconds(1))
    #expect(log.events.count == 4)
    guard case .mistake(let mistake) = log.events.last else {
      Issue.record("\(log.events)")
      return
    }
    #expect(mistake.cause == .peerHung)
    #expect(stage.monitor.verdict(of: id) == .dead(.peerHung))
  }
}
