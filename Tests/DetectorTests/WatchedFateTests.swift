import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// A connection survives under a watch what it survives without one, on the real kernel.
@Suite(.onOwnThread)
struct WatchedFateTests {
  private let access = LiveSocketAccess()

  /// The app's TCP_USER_TIMEOUT is inert on an idle connection. Keepalive would make it deadly: the second probe, two
  /// seconds after the last answer, would end the connection.
  @Test(arguments: [Policy.fastPath, .wan, .keepaliveOnly], [500 as CInt, 2500])
  func anIdleConnectionOutlivesTheAppsTimeOut(policy: Policy, timeout: CInt) throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let setsLater = timeout == 500
    if !setsLater { try access.setOption(.userTimeout, of: pair.client, to: timeout) }
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    if setsLater { try access.setOption(.userTimeout, of: pair.client, to: timeout) }
    usleep(1_200_000)
    try pair.serverVanishes()
    usleep(3_300_000)
    try pair.serverReturns()
    // It is back once a probe is answered.
    #expect(
      eventually(within: .seconds(8)) { (try? access.option(.userTimeout, of: pair.client)) == timeout })
    try pair.clientSends("x")
    #expect(eventually { (try? access.unacknowledged(pair.client)) == 0 })
    #expect(!log.ballots.contains { $0.evidence.isConclusive }, "\(log.ballots)")
  }

  /// Data that is sent while a probe is unanswered ends when the app said.
  @Test func dataEndsWhenTheAppSaid() throws {
    let pair = try TCPPair.loopback()
    try access.setOption(.userTimeout, of: pair.client, to: 2000)
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    _ = try monitor.watch(pair.client, policy: .fastPath)
    usleep(200_000)
    try pair.serverVanishes()
    #expect(
      eventually(within: .seconds(8)) { (try? access.option(.userTimeout, of: pair.client)) == .max })
    try pair.clientSends("x")
    let sent = ContinuousClock.now
    #expect(eventually(within: .seconds(15)) { (try? access.tcpInfo(pair.client).state) == .close })
    let time = ContinuousClock.now - sent
    #expect((.milliseconds(1900) ... .milliseconds(4000)).contains(time), "\(time)")
  }

  /// Other code turns SO_KEEPALIVE off: a peer that is gone is found, and the app's value stays.
  @Test func keepaliveThatIsTurnedOffIsBorrowed() throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let id = try monitor.watch(pair.client, policy: .fastPath, onEvent: log.take)
    usleep(300_000)
    try access.setOption(.keepalive, of: pair.client, to: 0)
    usleep(3_000_000)
    #expect(log.changes.isEmpty)
    try pair.serverVanishes()
    #expect(log.waitForDeath(within: .seconds(8)))
    #expect(log.changes.last?.cause == .pathSilent)
    monitor.unwatch(id)
    #expect(try access.option(.keepalive, of: pair.client) == 0)
  }
}
