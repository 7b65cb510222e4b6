import Flatline
import FlatlineTestSupport
import Glibc
import Testing

/// Connections of which there is no descriptor: what became of them is told from what the kernel leaves.
@Suite(
  .onOwnThread,
  .enabled(if: NetworkNamespace.isAvailable, Comment(rawValue: Requirement.networkNamespaces.reason)))
struct ForeignConnectionTests {
  struct End: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cause: Cause
    var sends = false
    let strike: @Sendable (TestNetwork, TCPPair) throws -> Void
  }

  static let ends: [End] = [
    End(testDescription: "FIN", cause: .peerClosed) { _, pair in pair.serverCloses() },
    End(testDescription: "FIN, and its owner closes at once", cause: .peerClosed) { _, pair in
      pair.serverCloses()
      try wait(for: .closeWait, of: pair)
      pair.clientCloses()
    },
    End(testDescription: "RST", cause: .peerReset) { _, pair in pair.serverResets() },
    End(testDescription: "RST, and its owner closes at once", cause: .peerReset) { _, pair in
      pair.serverResets()
      try wait(for: .close, of: pair)
      pair.clientCloses()
    },
    End(testDescription: "closed by its owner", cause: .localClosed) { _, pair in pair.clientCloses() },
    End(testDescription: "silence", cause: .pathSilent, sends: true) { network, _ in
      try network.dropEverything()
    },
    End(testDescription: "the kernel's time-out", cause: .timedOut, sends: true) { network, pair in
      var limit: CInt = 600
      setsockopt(
        pair.client, CInt(IPPROTO_TCP), 18, &limit, socklen_t(MemoryLayout<CInt>.size))
      try network.dropEverything()
    },
  ]

  /// A busy machine takes its time with a packet: what the owner does is to come after it.
  private static func wait(for state: TCPState, of pair: TCPPair) throws {
    for _ in 0..<2000 {
      if try LiveSocketAccess().tcpInfo(pair.client).state == state { return }
      usleep(500)
    }
    throw TestSupportError.timedOut(waitingFor: "\(state)")
  }

  @Test(arguments: ends, [SocketDiagDetector.name, TCPInfoDetector.name])
  func endsWithItsCause(_ end: End, _ detector: DetectorName) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let pair = try TCPPair(over: network)
    defer { pair.close() }
    let session = try DiagSession(network.client.netlink)
    let entry = try #require(
      try session.connections().first { $0.endpoints.remote.address == IPAddress("10.77.2.2") })
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(entry, through: session, policy: ForeignConnectionTests.policy(detector)) {
      log.take($0)
    }
    if end.sends { try pair.startTraffic() }
    try await Task.sleep(for: .milliseconds(400))
    #expect(log.all.isEmpty)
    let start = MonotonicTime.now()
    try end.strike(network, pair)
    let change = try await log.death(by: start + .seconds(5))
    #expect(change?.verdict == .dead(end.cause), "\(end.testDescription): \(log.story(since: start))")
  }

  private static func policy(_ detector: DetectorName) -> Policy {
    let rule = Rule.detector(detector)
    return Policy(
      name: "foreign-\(detector)",
      detectors: [DetectorUse(detector, ["idlePeriod": .duration(.milliseconds(100))])], suspect: rule,
      dead: rule)
  }

  /// The named policies live with it: what needs a descriptor abstains, `tcp-info` and `link` see.
  @Test(arguments: [Policy.fastPath, .kernelOnly, .lan])
  func namedPoliciesSeeSilence(_ policy: Policy) async throws {
    let network = try TestNetwork()
    defer { network.close() }
    let pair = try TCPPair(over: network)
    defer { pair.close() }
    try pair.startTraffic()
    let session = try DiagSession(network.client.netlink)
    let entry = try #require(
      try session.connections().first { $0.endpoints.remote.address == IPAddress("10.77.2.2") })
    let monitor = try Monitor(registry: .builtIn, netlink: network.client.netlink)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let id = try monitor.watch(entry, through: session, policy: policy) { log.take($0) }
    try await Task.sleep(for: .milliseconds(500))
    #expect(log.all.isEmpty)
    let start = MonotonicTime.now()
    try network.dropEverything()
    let change = try await log.death(by: start + .seconds(6))
    #expect(change?.verdict == .dead(.pathSilent), "\(log.story(since: start))")
    monitor.unwatch(id)
    #expect(monitor.verdict(of: id) == nil)
  }
}
