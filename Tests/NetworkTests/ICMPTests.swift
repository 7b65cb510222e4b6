import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// A router's word, or our own neighbour table's, is a suspicion at once and never more.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct ICMPTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// `nil` where an explanation knows no such fault.
    let kind: FaultClass?
    let strike: @Sendable (TestNetwork) throws -> Void
  }

  static let cases: [Case] =
    [
      ("host", FaultClass.icmpHostUnreachable, Rejection.hostUnreachable),
      ("net", .icmpNetUnreachable, .netUnreachable), ("port", .icmpPortUnreachable, .portUnreachable),
      ("admin", .icmpAdminProhibited, .adminProhibited),
    ].map { name, kind, rejection in
      Case(testDescription: name, kind: kind) { try $0.reject(with: rejection) }
    } + [
      Case(testDescription: "the router's ARP fails", kind: .remoteCable) { try $0.pullRemoteCable() },
      Case(testDescription: "our ARP fails", kind: nil) { try $0.loseGatewayAddress() },
    ]

  @Test(arguments: cases)
  func isSuspiciousAndNoMore(_ each: Case) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let monitor = try Monitor()
    let sending = try WatchedPair(over: network, .icmpOnly, .idle, on: monitor)
    let idle = try WatchedPair(over: network, .icmpOnly, .idle, on: monitor)
    let without = try WatchedPair(over: network, .epollOnly, .idle, on: monitor)
    defer { for pair in [sending, idle, without] { pair.close() } }
    try await Task.sleep(for: .milliseconds(300))
    let start = MonotonicTime.now()
    try each.strike(network)
    let slack = MonotonicTime.now() - start
    // One write, for the kernel to repeat: a call of the app that comes first would take the error.
    for pair in [sending.pair, without.pair] { #expect(send(pair.client, "x", 1, CInt(MSG_NOSIGNAL)) == 1) }
    let promise = try each.kind.flatMap { kind in
      try Explanation(.icmpOnly, registry: .builtIn)[kind, .inFlight]?.suspect
    }
    // Its ARP fails after three questions, each a second after the one before.
    let bound = (promise ?? .milliseconds(4000)) + slack
    let end = start + bound + .seconds(2)
    while sending.log.all.isEmpty, MonotonicTime.now() < end { try await Task.sleep(for: .milliseconds(5)) }
    let story = sending.log.story(since: start)
    let suspicion = try #require(sending.log.all.first, "\(story)")
    #expect(suspicion.verdict == .suspect)
    #expect(suspicion.cause == .hostUnreachable)
    #expect(suspicion.time - start <= bound, "\(story)")
    print(
      "icmp: \(each.testDescription): suspect after \((suspicion.time - start).milliseconds) ms of "
        + "\(bound.milliseconds)")
    try await Task.sleep(for: .milliseconds(1500))
    #expect(!sending.log.all.contains { $0.verdict.isDead }, "\(story)")
    // An idle connection hears nothing of it, and without the option nobody does.
    #expect(idle.log.all.isEmpty)
    #expect(without.log.all.isEmpty)
  }

  /// What the option costs the app, and that it costs no more: one call fails, the next does not.
  @Test(
    arguments: [
      (Rejection.hostUnreachable, EHOSTUNREACH), (.netUnreachable, ENETUNREACH),
      (.portUnreachable, ECONNREFUSED), (.adminProhibited, EHOSTUNREACH),
    ])
  func theAppsNextCallFailsOnce(rejection: Rejection, error: CInt) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let monitor = try Monitor()
    let watched = try WatchedPair(over: network, .icmpOnly, .idle, on: monitor)
    defer { watched.close() }
    let descriptor = watched.pair.client
    // However late this task runs again, the kernel repeats at least once a second (TCP_RTO_MAX_MS).
    var longest: CInt = 1000
    let length = socklen_t(MemoryLayout<CInt>.size)
    #expect(setsockopt(descriptor, CInt(IPPROTO_TCP), 44, &longest, length) == 0)
    let start = MonotonicTime.now()
    try network.reject(with: rejection)
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    func verdict(_ wanted: Verdict, within limit: Duration) async throws -> Bool {
      let end = MonotonicTime.now() + limit
      while watched.log.all.last?.verdict != wanted, MonotonicTime.now() < end {
        try await Task.sleep(for: .milliseconds(5))
      }
      return watched.log.all.last?.verdict == wanted
    }
    #expect(try await verdict(.suspect, within: .seconds(3)), "\(watched.log.story(since: start))")
    try network.heal()
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == -1)
    #expect(errno == error)
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    // The connection lives, and the suspicion is taken back once the peer is heard.
    #expect(try await verdict(.alive, within: .seconds(4)), "\(watched.log.story(since: start))")
  }
}
