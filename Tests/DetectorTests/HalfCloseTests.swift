import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// What ends one direction, what ends both, and what ends nothing.
struct HalfCloseTests {
  private func unread(_ change: VerdictChange?) -> [Fact] {
    change?.decidedBy.flatMap(\.evidence.facts).filter { $0.name == "unread" } ?? []
  }

  @Test func unreadBytesBeforeAFINStayReadable() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: .kernelOnly, onEvent: log.take)
    try pair.serverSends("twelve bytes")
    usleep(5000)
    pair.serverShutsDownWrite()
    #expect(log.waitForDeath())
    let change = try #require(log.changes.last)
    #expect(change.cause == .peerClosed)
    #expect(change.decidedBy.first?.evidence.isHalfClose == true)
    #expect(unread(change) == [.count("unread", 12)])

    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(recv(pair.client, &buffer, buffer.count, 0) == 12)
    #expect(String(decoding: buffer[..<12], as: UTF8.self) == "twelve bytes")
    #expect(recv(pair.client, &buffer, buffer.count, 0) == 0)
  }

  @Test func aPolicyMayLetAHalfClosedConnectionLive() throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    pair.serverShutsDownWrite()
    #expect(log.wait { log.changes.last?.verdict == .halfClosed })
    // The app may still send; when the peer resets, it is over.
    #expect(send(pair.client, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    pair.serverResets()
    #expect(log.waitForDeath())
    #expect(log.changes.map(\.verdict) == [.halfClosed, .dead(.peerReset)])
  }

  /// EPOLLRDHUP accuses, and nobody confirms: it comes with the app's own shutdown(SHUT_RD) on a healthy connection.
  @Test(arguments: [Policy.fastPath, .kernelOnly, .lan, .wan, .mobile, .patient], Policy.HalfClose.allCases)
  func ownShutdownOfReadingAndUrgentBytesChangeNoVerdict(
    policy: Policy, halfClose: Policy.HalfClose
  ) throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    var policy = policy
    policy.halfClose = halfClose
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    #expect(send(pair.server, "!", 1, CInt(MSG_OOB | MSG_NOSIGNAL)) == 1)
    shutdown(pair.client, CInt(SHUT_RD))
    #expect(log.wait { log.ballots.contains { $0.detector == "epoll" && $0.evidence.isHalfClose } })
    usleep(150_000)
    #expect(log.changes.isEmpty)
    #expect(log.ballots.allSatisfy { $0.detector == "epoll" || $0.evidence.leaning <= .alive })
  }

  @Test(arguments: [Policy.epollOnly, .tcpInfoOnly, .keepaliveOnly, .kernelOnly, .fastPath])
  func bothSidesInOrderIsAPeerThatClosed(policy: Policy) throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    shutdown(pair.client, CInt(SHUT_WR))
    usleep(20_000)
    #expect(log.changes.isEmpty)
    pair.serverCloses()
    #expect(log.waitForDeath())
    #expect(log.changes.map(\.verdict) == [.dead(.peerClosed)])
    #expect(
      log.ballots.filter { $0.evidence.isConclusive }.allSatisfy { $0.evidence.cause == .peerClosed })
  }

  @Test(arguments: [PeerEnd.fin, .reset], [Policy.epollOnly, .tcpInfoOnly, .kernelOnly, .fastPath])
  func anEndBeforeTheWatchIsToldAtOnce(end: PeerEnd, policy: Policy) throws {
    let pair = try TCPPair.loopback(server: .silent)
    try end.happen(to: pair)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    // tcp-info alone finds it at its first sample.
    #expect(log.waitForDeath(within: .seconds(1)))
    #expect(log.changes.map(\.verdict) == [.dead(end == .fin ? .peerClosed : .peerReset)])
  }

  @Test(arguments: [PeerEnd.fin, .reset])
  func aHeartbeatAloneTellsAnEndForWhatItIs(end: PeerEnd) throws {
    let pair = try TCPPair.loopback(server: .echoes)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let client = pair.client
    let pinger = AppPinger { send(client, "x", 1, CInt(MSG_NOSIGNAL)) == 1 ? .sent : .streamFull }
    let policy = Policy(
      name: "beat", detectors: [.heartbeat(interval: .milliseconds(50), misses: 6)], suspect: "heartbeat",
      dead: "heartbeat")
    _ = try monitor.watch(pair.client, policy: policy, pinger: pinger, onEvent: log.take)
    usleep(120_000)
    if end == .fin { pair.serverShutsDownWrite() } else { pair.serverResets() }
    #expect(log.waitForDeath())
    #expect(log.changes.last?.verdict == .dead(end == .fin ? .peerClosed : .peerReset))
  }
}
