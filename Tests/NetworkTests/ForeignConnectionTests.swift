import Flatline
import FlatlineLab
import FlatlineTestSupport
import Glibc
import Testing

/// Connections of which there is no descriptor: what became of them is told from what the kernel leaves.
@Suite(.onOwnThread)
struct ForeignConnectionTests {
  struct End: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let cause: Cause
    var traffic = LabConnection.Traffic.idle
    let strike: @Sendable (Lab, LabConnection) throws -> Void
  }

  static let ends: [End] = [
    End(testDescription: "FIN", cause: .peerClosed) { lab, _ in try lab.peer.closeGracefully() },
    End(testDescription: "FIN, and its owner closes at once", cause: .peerClosed) { lab, connection in
      try lab.peer.closeGracefully()
      try wait(for: .closeWait, of: connection)
      connection.close()
    },
    End(testDescription: "RST", cause: .peerReset) { lab, _ in try lab.peer.reset() },
    End(testDescription: "RST, and its owner closes at once", cause: .peerReset) { lab, connection in
      try lab.peer.reset()
      try wait(for: .close, of: connection)
      connection.close()
    },
    End(testDescription: "closed by its owner", cause: .localClosed) { _, connection in connection.close() },
    End(testDescription: "silence", cause: .pathSilent, traffic: .active) { lab, _ in
      try lab.path.update { $0.blackhole = true }
    },
    End(testDescription: "the kernel's time-out", cause: .timedOut, traffic: .active) { lab, connection in
      var limit: CInt = 600
      let size = socklen_t(MemoryLayout<CInt>.size)
      setsockopt(connection.descriptor, CInt(IPPROTO_TCP), 18, &limit, size)
      try lab.path.update { $0.blackhole = true }
    },
  ]

  /// A busy machine takes its time with a packet: what the owner does is to come after it.
  private static func wait(for state: TCPState, of connection: LabConnection) throws {
    for _ in 0..<2000 {
      if try LiveSocketAccess().tcpInfo(connection.descriptor).state == state { return }
      usleep(500)
    }
    throw LabError.timedOut(waitingFor: "\(state)")
  }

  @Test(arguments: ends, [SocketDiagDetector.name, TCPInfoDetector.name])
  func endsWithItsCause(_ end: End, _ detector: DetectorName) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect()
    let (monitor, session, entry) = try Self.find(in: lab)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    _ = try monitor.watch(entry, through: session, policy: Self.policy(detector)) { log.take($0) }
    try connection.setTraffic(end.traffic)
    try await Task.sleep(for: .milliseconds(400))
    #expect(log.changes.isEmpty)
    let start = MonotonicTime.now()
    try end.strike(lab, connection)
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

  /// The lab's one connection as the client's kernel lists it.
  private static func find(
    in lab: Lab
  ) throws -> (monitor: Monitor, session: DiagSession, entry: DiagEntry) {
    let session = try DiagSession(lab.client.netlinkOpening)
    let server = IPAddress("\(lab.server.address)")
    let entry = try #require(try session.connections().first { $0.endpoints.remote.address == server })
    return (try lab.makeMonitor(), session, entry)
  }

  /// The named policies live with it: what needs a descriptor abstains, `tcp-info` and `link` see.
  @Test(arguments: [Policy.fastPath, .kernelOnly, .lan])
  func namedPoliciesSeeSilence(_ policy: Policy) async throws {
    let lab = try Lab()
    defer { lab.close() }
    let connection = try lab.connect(.active)
    defer { connection.close() }
    let (monitor, session, entry) = try Self.find(in: lab)
    defer { monitor.shutDown() }
    let log = VerdictLog()
    let id = try monitor.watch(entry, through: session, policy: policy) { log.take($0) }
    try await Task.sleep(for: .milliseconds(500))
    #expect(log.changes.isEmpty)
    let start = MonotonicTime.now()
    try lab.path.update { $0.blackhole = true }
    let change = try await log.death(by: start + .seconds(6))
    #expect(change?.verdict == .dead(.pathSilent), "\(log.story(since: start))")
    monitor.unwatch(id)
    #expect(monitor.verdict(of: id) == nil)
  }
}
