import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// `disconnection(of:)`: waits for the end, and takes nothing.
@Suite(.timeLimit(.minutes(5)))
struct DisconnectionTests {
  @Test func bytesBeforeTheEndNeitherHideItNorAreConsumed() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    try pair.serverSends("twelve bytes")
    async let end = monitor.disconnection(of: pair.client)
    pair.serverShutsDownWrite()
    let gone = try await end
    #expect(gone.cause == .peerClosed)
    #expect(gone.isHalfClose)
    #expect(
      gone.decidedBy.contains {
        $0.detector == "tcp-info" && $0.evidence.facts.contains(.count("unread", 12))
      })
    #expect("\(gone)".hasPrefix("the peer is gone: dead(peerClosed)  by "))
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(recv(pair.client, &buffer, buffer.count, 0) == 12)
    #expect(recv(pair.client, &buffer, buffer.count, 0) == 0)
    // Half-closed: the peer still reads.
    #expect(send(pair.client, "answer", 6, CInt(MSG_NOSIGNAL)) == 6)
  }

  @Test func aHalfCloseMayBeWaitedThrough() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let log = VerdictLog()
    let monitor = try Monitor(registry: .builtIn, onEvent: log.take)
    async let end = monitor.disconnection(of: pair.client, halfClose: .halfClosed)
    pair.serverShutsDownWrite()
    #expect(await eventually { log.verdicts == [.halfClosed] })
    // Still watched: the wait goes on.
    #expect(throws: WatchError.alreadyWatched(descriptor: pair.client)) {
      try monitor.watch(pair.client, policy: .epollOnly)
    }
    pair.serverResets()
    let gone = try await end
    #expect(gone.cause == .peerReset)
    #expect(!gone.isHalfClose)
  }

  @Test func thePendingErrorIsLeftToTheApp() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    async let end = monitor.disconnection(of: pair.client)
    pair.serverResets()
    #expect(try await end.cause == .peerReset)
    var byte: UInt8 = 0
    #expect(recv(pair.client, &byte, 1, 0) == -1)
    #expect(errno == ECONNRESET)
  }

  @Test func anEndBeforeTheWaitIsToldAtOnce() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    pair.serverCloses()
    #expect(try await Monitor().disconnection(of: pair.client).cause == .peerClosed)
  }

  @Test func cancellationEndsTheWaitAndTheWatch() async throws {
    let pair = try TCPPair.loopback()
    let stage = try Stage()
    let (monitor, client) = (stage.monitor, pair.client)
    let wait = Task { try await monitor.disconnection(of: client, policy: stage.policy) }
    #expect(await stage.isWatching(1))
    wait.cancel()
    await #expect(throws: CancellationError.self) { try await wait.value }
    // The socket can be watched again.
    monitor.unwatch(try monitor.watch(client, policy: .epollOnly))
    // Cancelled before it began, it ends as soon.
    let late = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await monitor.disconnection(of: client)
    }
    late.cancel()
    await #expect(throws: CancellationError.self) { try await late.value }
  }

  @Test func nobodyWaitsForAMonitorThatWasShutDown() async throws {
    let pair = try TCPPair.loopback()
    let stage = try Stage()
    let (monitor, client) = (stage.monitor, pair.client)
    let wait = Task { try await monitor.disconnection(of: client, policy: stage.policy) }
    #expect(await stage.isWatching(1))
    monitor.shutDown()
    await #expect(throws: WatchError.ended) { try await wait.value }
    await #expect(throws: WatchError.shutDown) { try await monitor.disconnection(of: client) }
  }

  @Test func aWrongDescriptorIsToldByItsType() async throws {
    let monitor = try Monitor()
    await #expect(throws: WatchError.unfit(descriptor: -1, reason: "it is not open")) {
      try await monitor.disconnection(of: -1)
    }
  }
}
