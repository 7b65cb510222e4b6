import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// A server that recycles its connections is no failure, and an app can tell.
@Suite(.timeLimit(.minutes(2)))
struct OrderlyEndTests {
  /// What happened on the connection before its peer closed it.
  enum Before: CaseIterable, Sendable {
    case nothing, anAnswer, aRequest, anUnreadAnswer
    var isOrderly: Bool { self == .nothing || self == .anAnswer }
  }

  @Test(arguments: Before.allCases, [Policy.fastPath, .epollOnly, .wan])
  func aFINBetweenRequestsIsInOrder(before: Before, policy: Policy) async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    if before != .nothing {
      #expect(send(pair.client, "GET /", 5, CInt(MSG_NOSIGNAL)) == 5)
      try await tick()
    }
    if before == .anAnswer || before == .anUnreadAnswer {
      try pair.serverSends("200 OK")
      try await tick()
    }
    if before == .anAnswer {
      var buffer = [UInt8](repeating: 0, count: 64)
      #expect(await eventually { recv(pair.client, &buffer, buffer.count, 0) == 6 })
    }
    async let end = monitor.disconnection(of: pair.client, policy: policy)
    // Closing reads the request first: there is no reset.
    pair.serverCloses()
    let gone = try await end
    #expect(gone.cause == .peerClosed)
    #expect(gone.isOrderly == before.isOrderly, "\(gone.trail)")
  }

  @Test func aClientThatLeavesAfterItsAnswerIsInOrder() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    #expect(send(pair.client, "GET /", 5, CInt(MSG_NOSIGNAL)) == 5)
    try await tick()
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(recv(pair.server, &buffer, buffer.count, 0) == 5)
    try pair.serverSends("200 OK")
    #expect(await eventually { recv(pair.client, &buffer, buffer.count, 0) == 6 })
    async let end = monitor.disconnection(of: pair.server)
    pair.clientCloses()
    #expect(try await end.isOrderly)
  }

  @Test func aResetIsNot() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    async let end = monitor.disconnection(of: pair.client)
    pair.serverResets()
    #expect(try await !end.isOrderly)
  }

  /// An HTTP server that answers the heartbeat with its last response: the end is expected, and nobody is accused.
  @Test func anAnnouncedEndOfAHeartbeatIsInOrder() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let log = VerdictLog()
    let monitor = try Monitor(registry: .builtIn, onEvent: log.take)
    let failures = Log<HeartbeatProtocolError>()
    let pinger = ProtocolPinger(HTTPHeartbeat(target: HeartbeatTarget(host: "a", port: 80)), on: pair.client)
    {
      failures.add($0)
    }
    async let end = monitor.disconnection(of: pair.client, policy: .patient, pinger: pinger)
    var buffer = [UInt8](repeating: 0, count: 4096)
    #expect(await eventually { recv(pair.server, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 })
    try await tick()
    try pair.serverSends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    pair.serverShutsDownWrite()
    let gone = try await end
    #expect(gone.cause == .peerClosed && gone.isOrderly, "\(gone.trail)")
    #expect(failures.entries.isEmpty)
    let accusations = log.ballots.filter { $0.detector == "heartbeat" && $0.evidence.leaning > .alive }
    #expect(accusations.allSatisfy { $0.evidence.isConclusive })
  }

  /// The kernel's ages of the two directions are apart by more than its tick (CONFIG_HZ).
  private func tick() async throws { try await Task.sleep(for: .milliseconds(30)) }
}
