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
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    let changes = try monitor.verdictChanges(of: pair.client, policy: policy)
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
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    do {
      let changes = try monitor.verdictChanges(of: pair.client, policy: policy)
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
    let monitor = try Monitor()
    let client = pair.client
    let service = Task { try await monitor.run() }
    let wait = Task { try await monitor.disconnection(of: client) }
    try await Task.sleep(for: .milliseconds(50))
    service.cancel()
    try await service.value
    await #expect(throws: WatchError.ended) { try await wait.value }
    #expect(throws: WatchError.shutDown) { try monitor.watch(client, policy: .kernelOnly) }
    // A monitor that is shut down has nothing to run.
    try await monitor.run()
  }
}
