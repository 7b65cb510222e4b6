import Flatline
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// The kernel's own verdict, read without taking it from the app, and kept off a living peer.
@Suite(.onOwnThread)
struct UserTimeoutTests {
  /// TCP_INFO only keeps the kernel's probes at most a second apart.
  private static func policy(_ timeout: Duration, sparesStalled: Bool = true) -> Policy {
    Policy("user-timeout-2s") {
      DetectorUse.userTimeout(timeout, sparesStalled: sparesStalled)
      DetectorUse.tcpInfo(deadAfter: .seconds(3600), retransmitCap: .seconds(1))
    } suspect: {
      "user-timeout"
    } dead: {
      "user-timeout"
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: FaultClass
    let error: CInt
    /// ETIMEDOUT does not say why: what TCP_INFO showed before explains it.
    var cause = Cause.timedOut
    let strike: @Sendable (Lab) throws -> Void
  }

  static let cases = [
    Case(testDescription: "silent drop", kind: .silentDrop, error: ETIMEDOUT) { lab in
      try lab.path.update { $0.blackhole = true }
    },
    Case(
      testDescription: "ICMP host", kind: .icmpHostUnreachable, error: EHOSTUNREACH, cause: .hostUnreachable,
      strike: { $0.path.refuse(with: .hostUnreachable) }),
    Case(testDescription: "ICMP admin", kind: .icmpAdminProhibited, error: EHOSTUNREACH) {
      $0.path.refuse(with: .adminProhibited)
    },
    Case(testDescription: "ICMP port", kind: .icmpPortUnreachable, error: ECONNREFUSED) {
      $0.path.refuse(with: .portUnreachable)
    },
  ]

  @Test(arguments: cases)
  func theKernelsVerdictIsToldAndLeftToTheApp(_ each: Case) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let connection = try lab.connect()
    defer { connection.close() }
    let descriptor = connection.descriptor
    let log = VerdictLog()
    let policy = Self.policy(.seconds(2))
    _ = try monitor.watch(descriptor, policy: policy) { log.take($0) }
    try await Task.sleep(for: .milliseconds(300))
    let struck = try Struck(monitor) {
      try each.strike(lab)
      // One write, as far from the fault as in-flight traffic may be; no sender takes the error after it.
      #expect(send(descriptor, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    }
    let start = struck.start
    let death = try await log.death(by: start + .seconds(6))
    let story = log.story(since: start)
    #expect(death?.cause == each.cause, "\(story)")
    #expect(death?.decidedBy.first?.evidence.isConclusive == true)
    let promise = try #require(try Explanation(policy, registry: .builtIn)[each.kind, .inFlight]?.dead)
    let time = (death?.time ?? .never) - start
    #expect(time <= promise + struck.slack, "\(story)")
    print(
      "user-timeout: \(each.testDescription): \(Int(time.milliseconds)) ms, explained as \(promise.milliseconds)"
    )
    var error: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
    #expect(error == each.error)
  }

  @Test func aLivingPeerWithAClosedWindowIsSparedOnlyByUs() async throws {
    let lab = try Lab(behaviour: .notReading)
    defer { lab.close() }
    let monitor = try Monitor()
    defer { monitor.shutDown() }
    let (spared, plain) = (VerdictLog(), VerdictLog())
    var connections: [LabConnection] = []
    var uploaders: [Uploader] = []
    defer {
      for uploader in uploaders { uploader.end() }
      for connection in connections { connection.close() }
    }
    let start = MonotonicTime.now()
    for (log, spares) in [(spared, true), (plain, false)] {
      let connection = try lab.connect()
      let descriptor = connection.descriptor
      connections.append(connection)
      uploaders.append(Uploader(on: descriptor, buffer: 1 << 20, limit: 100_000_000))
      _ = try monitor.watch(descriptor, policy: Self.policy(.seconds(2), sparesStalled: spares)) {
        log.take($0)
      }
    }
    // The kernel alone ends the connection of a peer that answers every probe.
    let mistake = try await plain.death(by: start + .seconds(8))
    #expect(mistake?.cause == .stalled, "\(plain.story(since: start))")
    try await Task.sleep(for: .seconds(6))
    #expect(spared.changes.map(\.verdict) == [.suspect], "\(spared.story(since: start))")
    #expect(spared.changes.last?.cause == .stalled, "\(spared.story(since: start))")
    // It does not answer any more: the kernel's verdict comes after all.
    let silence = MonotonicTime.now()
    try lab.path.update { $0.blackhole = true }
    let death = try await spared.death(by: silence + .seconds(30))
    #expect(death?.verdict.isDead == true, "\(spared.story(since: silence))")
    print(
      "user-timeout: after a spared stall, silence: \(Int(((death?.time ?? silence) - silence).milliseconds)) ms"
    )
  }

  /// With keepalive on, the time-out decides in place of the count of probes, or of the burst.
  @Test func keepaliveGoesByTheUserTimeout() async throws {
    let lab = try Lab()
    defer { lab.close() }
    let monitor = try Monitor()
    var watched: [WatchedConnection] = []
    defer { for each in watched { each.close() } }
    let keepalives = [
      DetectorUse.keepalive(accelerated: false), .keepalive(burst: .milliseconds(2650)),
    ]
    for keepalive in keepalives {
      let policy = Policy(
        name: "both", detectors: [keepalive, .userTimeout(.seconds(2))],
        suspect: .any(["keepalive", "user-timeout"]), dead: .any(["keepalive", "user-timeout"]))
      watched.append(try WatchedConnection(in: lab, policy, .idle, on: monitor))
    }
    try await Task.sleep(for: .milliseconds(1500))
    let struck = try Struck(monitor) { try lab.path.update { $0.blackhole = true } }
    let start = struck.start
    for each in watched {
      let death = try await each.log.death(by: start + .seconds(6))
      let story = each.log.story(since: start)
      #expect(death?.cause == .timedOut, "\(story)")
      #expect(death?.decidedBy.first?.evidence.isConclusive == true, "\(story)")
      let explanation = try Explanation(each.policy, registry: .builtIn)
      let promise = try #require(explanation[.silentDrop, .idle]?.dead)
      let time = (death?.time ?? .never) - start
      #expect(time <= promise + struck.slack, "\(story)")
      // Neither three probes nor the burst could have convicted yet.
      #expect(promise < .seconds(3))
      #expect(explanation.conflicts.contains { $0.gravity == .warning && $0.rule.contains("keepalive") })
      print(
        "user-timeout: with keepalive: \(Int(time.milliseconds)) ms, explained as \(promise.milliseconds), "
          + "\(death?.cause?.rawValue ?? "none")")
    }
  }
}
