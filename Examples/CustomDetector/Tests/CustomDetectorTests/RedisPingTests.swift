import CustomDetectors
import Fixtures
import Flatline
import Glibc
import Testing

/// The detector that asks a real redis-server.
struct RedisPingTests {
  @Test func aServerThatAnswersNoMoreIsConvicted() async throws {
    let changes = try await Scene.frozenRedis(OurPolicies.load("redis-ping"))
    #expect(changes.map(\.verdict) == [.suspect, .dead(.peerHung)])
    #expect(changes.allSatisfy { $0.decidedBy.map(\.detector) == ["redis-ping"] })
  }

  @Test func withoutItNobodyNotices() async throws {
    let changes = try await Scene.frozenRedis(.epollOnly, limit: .seconds(2))
    #expect(changes.isEmpty)
  }

  /// Suspicion is taken back when the server answers late.
  @Test func aServerThatAnswersLateIsAliveAgain() async throws {
    let server = try RedisServer()
    let connection = try LoopbackSocket.connect(to: server.port)
    defer { close(connection) }
    let changes = try await Scene.watch(connection, OurPolicies.load("redis-ping"), limit: .seconds(2)) {
      try await onOwnThread { [id = server.id] in
        kill(id, SIGSTOP)
        usleep(700_000)
        kill(id, SIGCONT)
      }
    }
    #expect(changes.map(\.verdict) == [.suspect, .alive])
  }

  @Test(arguments: [false, true])
  func itsLineIsClosedWhenTheWatchEnds(afterTheSocket isLate: Bool) async throws {
    let server = try RedisServer()
    let connection = try LoopbackSocket.connect(to: server.port)
    defer { if !isLate { close(connection) } }
    let policy = try OurPolicies.load("redis-ping")
    let monitor = try Monitor(registry: OurPolicies.registry)
    let id = try monitor.watch(connection, policy: policy)
    #expect(try server.connections() == 2)
    if isLate { close(connection) }
    monitor.unwatch(id)
    // Established ones, as the kernel lists them for the server: at most the app's remains.
    let rest = isLate ? 0 : 1
    var count = 2
    for _ in 0..<200 where count > rest {
      try await Task.sleep(for: .milliseconds(10))
      count = try server.connections()
    }
    #expect(count == rest)
  }
}
