import Flatline
import FlatlineTestSupport
import Testing

/// `verdictChanges(of:)` and `run()`.
@Suite(.timeLimit(.minutes(5)))
struct VerdictChangesTests {
  /// Whether the monitor watches the socket.
  private func isWatched(_ descriptor: CInt, _ monitor: Monitor) -> Bool {
    do throws(WatchError) {
      monitor.unwatch(try monitor.watch(descriptor, policy: .epollOnly))
      return false
    } catch {
      return error == .alreadyWatched(descriptor: descriptor)
    }
  }

  @Test func tellsEachChangeAndEndsWithTheDeath() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    let changes = try monitor.verdictChanges(of: pair.client, policy: .kernelOnly, halfClose: .halfClosed)
    pair.serverShutsDownWrite()
    var seen: [Verdict] = []
    for await change in changes {
      seen.append(change.verdict)
      if change.verdict == .halfClosed { pair.serverResets() }
    }
    #expect(seen == [.halfClosed, .dead(.peerReset)])
    #expect(!isWatched(pair.client, monitor))
  }

  @Test func theWatchEndsWhenTheLoopIsLeft() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    do {
      let changes = try monitor.verdictChanges(of: pair.client, policy: .kernelOnly, halfClose: .halfClosed)
      #expect(isWatched(pair.client, monitor))
      pair.serverShutsDownWrite()
      for await change in changes {
        #expect(change.verdict == .halfClosed)
        break
      }
    }
    #expect(!isWatched(pair.client, monitor))
  }

  @Test func aDeathBeforeTheFirstLookIsTold() async throws {
    for _ in 0..<50 {
      let pair = try TCPPair.loopback(server: .silent)
      pair.serverResets()
      let monitor = try Monitor()
      var seen: [Verdict] = []
      for await change in try monitor.verdictChanges(of: pair.client) { seen.append(change.verdict) }
      #expect(seen == [.dead(.peerReset)])
      #expect(!isWatched(pair.client, monitor))
    }
  }

  @Test func endsWithTheMonitor() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    let changes = try monitor.verdictChanges(of: pair.client)
    monitor.shutDown()
    for await change in changes { Issue.record("\(change)") }
    #expect(throws: WatchError.shutDown) { try monitor.verdictChanges(of: pair.client) }
  }

  @Test func runEndsGracefullyWhenItsTaskIsCancelled() async throws {
    let pair = try TCPPair.loopback()
    let stage = try Stage()
    let (monitor, client) = (stage.monitor, pair.client)
    let service = Task { try await monitor.run() }
    let wait = Task { try await monitor.disconnection(of: client, policy: stage.policy) }
    #expect(await stage.isWatching(1))
    service.cancel()
    try await service.value
    await #expect(throws: WatchError.ended) { try await wait.value }
    #expect(throws: WatchError.shutDown) { try monitor.watch(client, policy: .kernelOnly) }
    // A monitor that is shut down has nothing to run.
    try await monitor.run()
  }

  @Test func oneFamilyTellsOfOneConnectionAndOfAll() async throws {
    let (first, second) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .silent))
    let monitor = try Monitor()
    let (all, ids) = (
      monitor.verdictChanges(),
      [
        try monitor.watch(first.client, policy: .epollOnly),
        try monitor.watch(second.client, policy: .epollOnly),
      ]
    )
    let mine = monitor.verdictChanges(of: ids[1])
    first.serverResets()
    var told = all.makeAsyncIterator()
    #expect(await told.next()?.connection == ids[0])
    second.serverResets()
    #expect(await told.next()?.connection == ids[1])
    monitor.shutDown()
    var seen: [ConnectionID] = []
    for await change in mine { seen.append(change.connection) }
    #expect(seen == [ids[1]])
  }

  @Test func theCallbackTakesHalfClose() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let (monitor, log) = (try Monitor(), VerdictLog())
    _ = try monitor.watch(pair.client, policy: .epollOnly, halfClose: .halfClosed, onEvent: log.take)
    pair.serverShutsDownWrite()
    #expect(await eventually { log.verdicts == [.halfClosed] })
    pair.serverResets()
    #expect(await eventually { log.verdicts == [.halfClosed, .dead(.peerReset)] })
  }
}
