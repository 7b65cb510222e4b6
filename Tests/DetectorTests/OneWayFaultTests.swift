import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// Faults of one direction, and silences after a half-close, as the kernel plays them. Bounds are for `kernel-only`; a
/// second more for a busy machine.
@Suite(.onOwnThread)
struct OneWayFaultTests {
  private let pair: TCPPair
  private let monitor: Monitor
  private let log = VerdictLog()

  init() throws {
    pair = try TCPPair.loopback(server: .drains)
    monitor = try Monitor()
  }

  private func watch(_ policy: Policy = .kernelOnly) throws {
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
  }

  /// The server sends a little again and again, and our app reads it, until `isDone`.
  private func serverTalks(upTo seconds: Int, until isDone: () -> Bool) throws {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let end = MonotonicTime.now() + .seconds(seconds)
    while MonotonicTime.now() < end, !isDone() {
      _ = send(
        pair.server, "some fifty bytes of news, each a tenth of a second.", 50,
        CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
      while recv(pair.client, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 {}
      usleep(100_000)
    }
  }

  private var isDead: Bool { log.verdicts.last?.isDead == true }

  @Test func aPeerThatHearsNothingOfOursIsDead() throws {
    defer { monitor.shutDown() }
    try watch()
    try serverTalks(upTo: 2) { false }
    #expect(log.changes.isEmpty)
    let fault = MonotonicTime.now()
    try pair.serverLoses()
    try serverTalks(upTo: 12) { isDead }
    #expect(log.verdicts.last == .dead(.pathSilent))
    #expect(!log.verdicts.contains(.alive))
    #expect(log.changes.last.map { $0.time - fault < .milliseconds(5200) } == true)
    // The kernel's own count says that the peer has just answered.
    #expect(log.changes.last?.decidedBy.map(\.detector) == ["keepalive"])
  }

  @Test func aPathThatLosesLargeSegmentsOfOursIsDeadOfThat() throws {
    defer { monitor.shutDown() }
    try watch()
    try pair.clientSends("small")
    try serverTalks(upTo: 1) { false }
    try pair.serverLoses(.large)
    try pair.clientSends(String(repeating: "B", count: 6000))
    try serverTalks(upTo: 15) { isDead }
    #expect(log.verdicts.last == .dead(.largePacketsLost))
  }

  /// The hole may open between two samples that both see new data.
  @Test func aPathThatLosesLargeSegmentsOfThePeersIsDeadOfThat() throws {
    defer { monitor.shutDown() }
    try watch()
    try serverTalks(upTo: 2) { false }
    try pair.clientLoses(.large)
    try pair.serverSends(String(repeating: "B", count: 6000))
    try serverTalks(upTo: 20) { isDead }
    #expect(log.verdicts.last == .dead(.largePacketsLost))
  }

  @Test func ourOwnClosedWindowIsSaidAndEndsWhenTheAppReads() throws {
    defer { monitor.shutDown() }
    try watch()
    let block = [UInt8](repeating: 1, count: 65_536)
    let isSaid = log.wait(within: .seconds(10)) {
      send(pair.server, block, block.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
      return log.changes.last?.cause == .localBackpressure
    }
    #expect(isSaid)
    var buffer = block
    let isOver = log.wait(within: .seconds(10)) {
      while recv(pair.client, &buffer, buffer.count, CInt(MSG_DONTWAIT)) > 0 {}
      return log.verdicts.last == .alive
    }
    #expect(isOver)
    #expect(log.verdicts == [.suspect, .alive])
    #expect(log.changes.first?.cause == .localBackpressure)
  }

  /// Whichever side closed, idle or in flight.
  @Test(arguments: [true, false], [true, false])
  func aHalfClosedConnectionThatFallsSilentIsDead(isPeersFIN: Bool, isInFlight: Bool) throws {
    defer { monitor.shutDown() }
    var policy = Policy.kernelOnly
    policy.halfClose = .halfClosed
    try watch(policy)
    if isPeersFIN {
      pair.serverShutsDownWrite()
      #expect(log.wait { log.verdicts == [.halfClosed] })
      if isInFlight { try pair.startTraffic() }
    } else if !isInFlight {
      shutdown(pair.client, CInt(SHUT_WR))
    }
    usleep(300_000)
    let fault = MonotonicTime.now()
    try pair.serverLoses()
    // Our FIN in flight.
    if !isPeersFIN, isInFlight { shutdown(pair.client, CInt(SHUT_WR)) }
    #expect(log.waitForDeath(within: .seconds(12)))
    #expect(log.verdicts.last == .dead(.pathSilent))
    #expect(log.changes.last.map { $0.time - fault < .milliseconds(5200) } == true)
  }
}
