import Flatline
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// A router's word, or our own neighbour table's, is a suspicion at once and never more.
@Suite(.onOwnThread)
struct ICMPTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// `nil` where an explanation knows no such fault.
    let kind: FaultClass?
    let strike: @Sendable (Lab) throws -> Void
  }

  static let cases: [Case] =
    [
      ("host", FaultClass.icmpHostUnreachable, Refusal.hostUnreachable),
      ("net", .icmpNetUnreachable, .netUnreachable), ("port", .icmpPortUnreachable, .portUnreachable),
      ("admin", .icmpAdminProhibited, .adminProhibited),
    ].map { name, kind, refusal in
      Case(testDescription: name, kind: kind) { $0.path.refuse(with: refusal) }
    } + [
      Case(testDescription: "the router's ARP fails", kind: .remoteCable) { try $0.server.unplug() },
      Case(testDescription: "our ARP fails", kind: nil) { lab in
        // The route leads to a gateway that nobody is.
        try lab.client.shell("ip route replace default via 10.77.1.99")
      },
    ]

  /// Nobody convicts a connection that the kernel has not ended.
  private static let suspecting = Policy("suspecting") {
    DetectorUse.epoll()
    DetectorUse.icmp()
  } suspect: {
    "icmp"
  } dead: {
    "epoll"
  }

  @Test(arguments: cases)
  func isSuspiciousAndNoMore(_ each: Case) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try Monitor()
    let sending = try WatchedConnection(in: lab, Self.suspecting, .idle, on: monitor)
    let idle = try WatchedConnection(in: lab, Self.suspecting, .idle, on: monitor)
    let without = try WatchedConnection(in: lab, .epollOnly, .idle, on: monitor)
    defer { for watched in [sending, idle, without] { watched.close() } }
    try await Task.sleep(for: .milliseconds(300))
    let struck = try Struck(monitor) { try each.strike(lab) }
    let start = struck.start
    // One write, for the kernel to repeat: a call of the app that comes first would take the error.
    for watched in [sending, without] {
      #expect(send(watched.connection.descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    }
    let promise = try each.kind.flatMap { kind in
      try Explanation(Self.suspecting, registry: .builtIn)[kind, .inFlight]?.suspect
    }
    // Its ARP fails after three questions, each a second after the one before.
    let bound = promise ?? .milliseconds(4000)
    let end = start + bound + struck.slack + .seconds(2)
    while sending.log.changes.isEmpty, MonotonicTime.now() < end {
      try await Task.sleep(for: .milliseconds(5))
    }
    let story = sending.log.story(since: start)
    let suspicion = try #require(sending.log.changes.first, "\(story)")
    #expect(suspicion.verdict == .suspect)
    #expect(suspicion.cause == .hostUnreachable)
    #expect(suspicion.time - start <= bound + struck.slack, "\(story)")
    print(
      "icmp: \(each.testDescription): suspect after \((suspicion.time - start).milliseconds) ms of "
        + "\(bound.milliseconds)")
    try await Task.sleep(for: .milliseconds(1500))
    #expect(!sending.log.changes.contains { $0.verdict.isDead }, "\(story)")
    // An idle connection hears nothing of it, and without the option nobody does.
    #expect(idle.log.changes.isEmpty)
    #expect(without.log.changes.isEmpty)
  }

  /// The app may send with MSG_ZEROCOPY, or ask for timestamps, and has taken all notices: a router is believed.
  @Test(arguments: [(option: CInt(60), value: CInt(1)), (37, 16)])
  func isBelievedBesideAnEmptyErrorQueue(option: CInt, value: CInt) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try Monitor()
    let watched = try WatchedConnection(in: lab, Self.suspecting, .idle, on: monitor)
    defer { watched.close() }
    let descriptor = watched.connection.descriptor
    var value = value
    #expect(setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0)
    let start = MonotonicTime.now()
    lab.path.refuse(with: .hostUnreachable)
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    #expect(
      await eventually { watched.log.changes.first?.cause == .hostUnreachable },
      "\(watched.log.story(since: start))")
  }

  /// What the option costs the app, and that it costs no more: one call fails, the next does not.
  @Test(
    arguments: [
      (Refusal.hostUnreachable, EHOSTUNREACH), (.netUnreachable, ENETUNREACH),
      (.portUnreachable, ECONNREFUSED), (.adminProhibited, EHOSTUNREACH),
    ])
  func theAppsNextCallFailsOnce(refusal: Refusal, error: CInt) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try Monitor()
    let watched = try WatchedConnection(in: lab, .icmpOnly, .idle, on: monitor)
    defer { watched.close() }
    let descriptor = watched.connection.descriptor
    // However late this task runs again, the kernel repeats at least once a second (TCP_RTO_MAX_MS).
    var longest: CInt = 1000
    let length = socklen_t(MemoryLayout<CInt>.size)
    #expect(setsockopt(descriptor, CInt(IPPROTO_TCP), 44, &longest, length) == 0)
    let start = MonotonicTime.now()
    lab.path.refuse(with: refusal)
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    func verdict(_ wanted: Verdict, within limit: Duration) async throws -> Bool {
      let end = MonotonicTime.now() + limit
      while watched.log.changes.last?.verdict != wanted, MonotonicTime.now() < end {
        try await Task.sleep(for: .milliseconds(5))
      }
      return watched.log.changes.last?.verdict == wanted
    }
    #expect(try await verdict(.suspect, within: .seconds(3)), "\(watched.log.story(since: start))")
    lab.path.refuse(with: nil)
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == -1)
    #expect(errno == error)
    #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    // The connection lives, and the suspicion is taken back once the peer is heard.
    #expect(try await verdict(.alive, within: .seconds(4)), "\(watched.log.story(since: start))")
  }
}
