import CustomDetectors
import Fixtures
import Flatline
import Foundation
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
      server.freeze()
      try await Task.sleep(for: .milliseconds(700))
      server.thaw()
    }
    #expect(changes.map(\.verdict) == [.suspect, .alive])
  }

  @Test func itsLineIsClosedWhenTheWatchEnds() async throws {
    let server = try RedisServer()
    let connection = try LoopbackSocket.connect(to: server.port)
    defer { close(connection) }
    let policy = try OurPolicies.load("redis-ping")
    let monitor = try Monitor(registry: OurPolicies.registry)
    let id = try monitor.watch(connection, policy: policy)
    #expect(try establishedConnections(to: server.port) == 2)
    monitor.unwatch(id)
    // Established ones, as the kernel lists them for the server: the app's alone remains.
    var count = 2
    for _ in 0..<200 where count > 1 {
      try await Task.sleep(for: .milliseconds(10))
      count = try establishedConnections(to: server.port)
    }
    #expect(count == 1)
  }

  /// proc_net_tcp: the local address is the second word, the state the fourth; 01 is ESTABLISHED.
  private func establishedConnections(to port: UInt16) throws -> Int {
    let suffix = ":" + String(format: "%04X", port)
    // `String(contentsOfFile:)` takes the first page of such a file for the whole.
    let table = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp")).readToEnd() ?? Data()
    return String(decoding: table, as: UTF8.self).split(separator: "\n").count { line in
      let words = line.split(separator: " ")
      return words.count > 3 && words[1].hasSuffix(suffix) && words[3] == "01"
    }
  }
}
