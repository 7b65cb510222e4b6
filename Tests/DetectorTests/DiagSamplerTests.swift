import Flatline
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

@testable import FlatlineCore
@testable import FlatlineSocketDiag

/// One dump for many connections: when it is taken, and that nothing is judged otherwise by it.
@Suite(.serialized)
struct DiagSamplerTests {
  /// A dump costs nothing: it is always taken.
  static let eager = SamplingRule(call: 1000, entry: 1, walk: 0)

  @Test func theRuleComparesWhatTheTwoWaysCost() {
    let rule = SamplingRule(call: 1000, entry: 500, walk: 100_000)
    #expect(!rule.prefersDump(due: 0, entries: 0))
    #expect(!rule.prefersDump(due: 100, entries: 0))
    #expect(rule.prefersDump(due: 101, entries: 0))
    #expect(rule.prefersDump(due: 1000, entries: 1799))
    #expect(!rule.prefersDump(due: 1000, entries: 1800))
    // Whoever wants little of much asks for it.
    #expect(!SamplingRule.measured.prefersDump(due: 100, entries: 10_000))
  }

  @Test func theKernelLeavesOthersOut() throws {
    let client = try #require(IPAddress("10.0.0.1"))
    let server = try #require(IPAddress("10.0.0.2"))
    func ends(_ local: UInt16, _ remote: UInt16) -> SocketEndpoints {
      SocketEndpoints(local: IPEndpoint(client, port: local), remote: IPEndpoint(server, port: remote))
    }
    var pool = CommonFilter()
    #expect(pool.filters.isEmpty)
    for port in 4000..<4010 { pool.add(ends(UInt16(port), 5432)) }
    #expect(pool.filters == [.init(states: DiagMessages.established, localPort: 0, remotePort: 5432)])
    pool.add(ends(4011, 80))
    pool.add(ends(4012, 5432))
    #expect(pool.filters.map(\.remotePort) == [0])
    var one = CommonFilter()
    one.add(ends(4000, 5432))
    #expect(one.filters.map(\.localPort) == [4000])
  }

  @Test func readsAllAtOnceAndOnlyWhatIsWell() throws {
    let pairs = try (0..<50).map { _ in try TCPPair.loopback(server: .silent) }
    defer { for pair in pairs { pair.close() } }
    let access = LiveSocketAccess()
    let sampler = DiagSampler(.own, rule: DiagSamplerTests.eager)
    for (number, pair) in pairs.enumerated() {
      sampler.attach(
        ConnectionID(slot: UInt32(number), generation: 1), try access.endpoints(pair.client), now: .now())
    }
    pairs[0].serverShutsDownWrite()
    // More than the peer takes: the rest is in flight.
    let bytes = [UInt8](repeating: 1, count: 1 << 16)
    while send(pairs[1].client, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT)) > 0 {}
    usleep(50_000)
    let now = MonotonicTime.now()
    sampler.prepare(due: 50, now: now)
    #expect(sampler.dumps.value == 1)
    for (number, pair) in pairs.enumerated() {
      let reading = sampler.reading(cookie: try access.cookie(pair.client), now: now)
      #expect((reading == nil) == (number < 2))
    }
    let cookie = try access.cookie(pairs[2].client)
    // For a moment, and with its age.
    let fresh = try #require(sampler.reading(cookie: cookie, now: now))
    let aged = try #require(sampler.reading(cookie: cookie, now: now + .milliseconds(10)))
    #expect(aged.sinceAcknowledged - fresh.sinceAcknowledged == .milliseconds(10))
    #expect(sampler.reading(cookie: cookie, now: now + .milliseconds(26)) == nil)
    sampler.prepare(due: 50, now: now + .milliseconds(10))
    #expect(sampler.dumps.value == 1)
    sampler.prepare(due: 50, now: now + .milliseconds(30))
    #expect(sampler.dumps.value == 2)
  }

  /// A dump that brings more than is worth it is broken off, and not tried again for a while.
  @Test func breaksOffADumpThatIsTooLong() throws {
    let pairs = try (0..<400).map { _ in try TCPPair.loopback(server: .silent) }
    defer { for pair in pairs { pair.close() } }
    let sampler = DiagSampler(.own, rule: SamplingRule(call: 10, entry: 1, walk: 0))
    for (number, pair) in pairs.prefix(2).enumerated() {
      sampler.attach(
        ConnectionID(slot: UInt32(number), generation: 1), try LiveSocketAccess().endpoints(pair.client),
        now: .now())
    }
    let now = MonotonicTime.now()
    sampler.prepare(due: 2, now: now)
    #expect(sampler.dumps.value == 0)
    for number in 0..<5 {
      sampler.prepare(due: 2, now: now + .seconds(number))
      #expect(sampler.dumps.value == 0)
    }
  }

  /// The same ends, told as without dumps: they never accuse, and they hide nothing.
  @Test func verdictsAreTheSame() throws {
    let monitor = try Monitor(registry: DetectorRegistry([EagerDiag.self]))
    defer { monitor.shutDown() }
    let policy = Policy(
      name: "eager",
      detectors: [
        DetectorUse(
          EagerDiag.name,
          [
            "idlePeriod": .duration(.milliseconds(50)), "activePeriod": .duration(.milliseconds(20)),
            "deadAfter": .duration(.milliseconds(900)), "attempts": .integer(2),
          ])
      ], suspect: "eager-diag", dead: "eager-diag")
    let pairs = try (0..<40).map { _ in try TCPPair.loopback() }
    defer { for pair in pairs { pair.close() } }
    let log = Mutex<[ConnectionID: [Verdict]]>([:])
    let ids = try pairs.map { pair in
      try monitor.watch(pair.client, policy: policy) { event in
        guard case .verdict(let change) = event else { return }
        log.withLock { $0[change.connection, default: []].append(change.verdict) }
      }
    }
    for pair in pairs[10...] { try pair.startTraffic(every: .milliseconds(10)) }
    usleep(500_000)
    #expect(log.withLock { $0.isEmpty })
    #expect(EagerDiag.dumps.withLock { $0?.value ?? 0 } > 5)
    pairs[0].serverCloses()
    pairs[1].serverResets()
    pairs[2].clientCloses()
    pairs[11].serverResets()
    let ends: [(Int, Cause)] = [(0, .peerClosed), (1, .peerReset), (2, .localClosed), (11, .peerReset)]
    usleep(700_000)
    let said = log.withLock { $0 }
    for (number, cause) in ends { #expect(said[ids[number]] == [.dead(cause)], "\(number)") }
    #expect(said.count == ends.count)
  }
}

/// `socket-diag` with a sampler that always dumps.
private struct EagerDiag: Detector {
  /// The one test that uses it looks at its sampler.
  static let dumps = Mutex<DiagSampler.Count?>(nil)

  static let name: DetectorName = "eager-diag"
  static var settings: [SettingDescription] { SocketDiagDetector.settings }
  private let base: SocketDiagDetector

  init(settings: DetectorSettings) throws(PolicyError) {
    base = try SocketDiagDetector(settings: settings)
  }

  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    let made = DiagSampler(surroundings.netlink, rule: DiagSamplerTests.eager)
    EagerDiag.dumps.withLock { $0 = made.dumps }
    return made
  }

  var needs: Needs { base.needs }

  func begin(_ look: borrowing Look) -> SocketDiagDetector.State? { base.begin(look) }

  func examine(_ look: borrowing Look, _ state: inout SocketDiagDetector.State) -> Opinion {
    base.examine(look, &state)
  }
}
