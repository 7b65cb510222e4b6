import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// `whileAlive`: work that ends with the peer.
@Suite(.timeLimit(.minutes(5)))
struct WhileAliveTests {
  private struct OwnError: Error {}

  @Test func workThatEndsFirstHasItsResult() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    let verdict = try await monitor.whileAlive(pair.client) { connection in
      monitor.verdict(of: connection)
    }
    #expect(verdict == .alive)
    await #expect(throws: OwnError.self) {
      try await monitor.whileAlive(pair.client) { _ in throw OwnError() }
    }
    // Both watches are over.
    monitor.unwatch(try monitor.watch(pair.client, policy: .epollOnly))
  }

  @Test func workIsCancelledAndAwaitedBeforePeerGoneIsThrown() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    let hasTidied = Flag()
    let error = await #expect(throws: PeerGone.self) {
      try await monitor.whileAlive(pair.client) { _ in
        pair.serverResets()
        do {
          try await Task.sleep(for: .seconds(3600))
        } catch {
          // A task that is cancelled may take its time.
          for _ in 0..<1000 { await Task.yield() }
          hasTidied.set()
          throw error
        }
      }
    }
    #expect(hasTidied.isSet)
    #expect(error?.cause == .peerReset)
    #expect(error?.trail.entries.contains(where: \.hasDecided) == true)
  }

  @Test func errorsOfWorkAfterTheDeathAreTheDeath() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    await #expect(throws: PeerGone.self) {
      try await monitor.whileAlive(pair.client) { connection in
        pair.serverResets()
        // Work that does not hear of cancellations, and fails in its own way.
        while monitor.verdict(of: connection)?.isDead == false { await Task.yield() }
        throw OwnError()
      }
    }
  }

  @Test func cancellingTheCallerCancelsTheWork() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    let client = pair.client
    let task = Task {
      try await monitor.whileAlive(client) { _ in try await Task.sleep(for: .seconds(3600)) }
    }
    try await Task.sleep(for: .milliseconds(20))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    monitor.unwatch(try monitor.watch(client, policy: .epollOnly))
  }

  @Test func workIsNotLeftUnwatched() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    await #expect(throws: WatchError.ended) {
      try await monitor.whileAlive(pair.client) { _ in
        monitor.shutDown()
        try await Task.sleep(for: .seconds(3600))
      }
    }
    await #expect(throws: WatchError.shutDown) { try await monitor.whileAlive(pair.client) { _ in } }
  }

  @Test func theSocketIsShutDownOnlyWhenAsked() async throws {
    for action in [DeathAction.leaveAlone, .shutDown] {
      let pair = try TCPPair.loopback(server: .silent)
      let monitor = try Monitor()
      await #expect(throws: PeerGone.self) {
        try await monitor.whileAlive(pair.client, atDeath: action) { _ in
          // The peer reads on: writing is possible until this side shuts it down.
          pair.serverShutsDownWrite()
          try await Task.sleep(for: .seconds(3600))
        }
      }
      let sent = send(pair.client, "x", 1, CInt(MSG_NOSIGNAL))
      #expect(sent == (action == .leaveAlone ? 1 : -1))
      // It is the app's to close in any case.
      #expect(fcntl(pair.client, F_GETFD) >= 0)
    }
  }

  @Test func aSocketThatIsNotTheOneLentIsNotShutDown() throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .silent))
    let monitor = try Monitor()
    let id = try monitor.watch(pair.client, policy: .epollOnly)
    // The number now names the other socket.
    #expect(dup2(other.client, pair.client) == pair.client)
    #expect(!monitor.shutDownSocket(of: id))
    #expect(send(other.client, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    monitor.unwatch(id)
    #expect(!monitor.shutDownSocket(of: id))
  }
}
