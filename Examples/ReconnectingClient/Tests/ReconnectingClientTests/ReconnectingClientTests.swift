import Fixtures
import Flatline
import ReconnectingClient
import Synchronization
import Testing

/// The client against a real redis-server that is killed and frozen again and again.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ReconnectingClientTests {
  /// Half a second without an answer is a death; the kernel's own news is one at once.
  private static let policy = Policy("redis") {
    DetectorUse.epoll()
    DetectorUse.heartbeat(interval: .milliseconds(100), misses: 5)
  } suspect: {
    "epoll"
    "heartbeat"
  } dead: {
    "epoll"
    "heartbeat"
  }

  /// What befalls the server. It is a living one again afterwards.
  enum Fate: CaseIterable {
    /// SIGKILL: its kernel closes for it.
    case killed
    /// SIGSTOP, and once the client has noticed SIGKILL.
    case frozenThenKilled
    /// SIGSTOP, and once the client has noticed SIGCONT: what was sent before is still done.
    case frozenThenThawed
  }

  @Test func noMessageIsLostOrDoubled() async throws {
    let server = try RedisServer()
    let log = ClientLog()
    let isOver = Atomic(false)
    let client = ReconnectingClient(
      port: server.port, stream: "messages", monitor: try Monitor(), policy: Self.policy)
    let task = Task {
      do {
        try await client.append(
          { number in isOver.load(ordering: .relaxed) ? nil : Self.message(number) }, onEvent: log.take)
      } catch {
        log.takeFailure(error)
        throw error
      }
    }
    defer { task.cancel() }
    for round in 0..<18 {
      let fate = Fate.allCases[round % Fate.allCases.count]
      // At whatever moment of its work.
      try await log.waitForStored(UInt64.random(in: 1...200))
      try await strike(server, fate, log)
    }
    try await log.waitForStored(1)
    isOver.store(true, ordering: .relaxed)
    try await task.value

    let expected = (1...log.lastStored).map { "\($0) \(Self.message($0))" }
    #expect(try entries(of: server) == expected)
    #expect(log.causes.count { $0 == .peerHung } >= 12)
    print("reconnecting: \(expected.count) messages over \(log.causes.count) lost connections")
  }

  private func strike(_ server: RedisServer, _ fate: Fate, _ log: ClientLog) async throws {
    switch fate {
    case .killed:
      server.kill()
    case .frozenThenKilled, .frozenThenThawed:
      let before = log.causes.count { $0 == .peerHung }
      server.freeze()
      try await log.wait(for: "the client to notice that the server hangs") {
        $0.causes.count { $0 == .peerHung } > before
      }
      if fate == .frozenThenThawed { return server.thaw() }
      server.kill()
    }
    try server.start()
  }

  private static func message(_ number: UInt64) -> String {
    "message \(number) " + String(repeating: "x", count: Int(number % 100))
  }

  /// All entries as the server has them: number and text.
  private func entries(of server: RedisServer) throws -> [String] {
    let connection = try RedisReader(port: server.port)
    return try connection.range(of: "messages").map { id, text in
      "\(id.prefix { $0 != "-" }) \(text)"
    }
  }
}
