import Fixtures
import Flatline
import Foundation
import Pool
import Testing

/// Waits, at most ten seconds, until a condition holds.
private func soon(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<2000 {
    if try condition() { return true }
    usleep(5000)
  }
  return false
}

/// A pool of connections to a real redis-server.
@Suite(.serialized)
struct RedisPoolTests {
  let server: RedisServer
  let monitor: Monitor
  let pool: Pool<RedisLine>

  init() throws {
    server = try RedisServer()
    monitor = try Monitor()
    pool = Pool(monitor: monitor) { [port = server.port] in try RedisLine(port: port) }
  }

  /// As many idle connections as asked for.
  private func fill(_ count: Int) throws -> [RedisLine] {
    let lines = try (0..<count).map { _ in try pool.checkOut() }
    for line in lines {
      try line.ping()
      pool.checkIn(line)
    }
    return lines
  }

  @Test func aCheckoutMakesNoRoundTrip() throws {
    let line = try #require(try fill(1).first)
    let sockets = LiveSocketAccess()
    let before = try sockets.tcpInfo(line.socket)
    for _ in 0..<100 {
      let lent = try pool.checkOut()
      #expect(lent === line)
      pool.checkIn(lent)
    }
    #expect(try sockets.tcpInfo(line.socket).segmentsSent == before.segmentsSent)
    #expect(pool.counts.opened == 1)
    #expect(pool.counts.discarded.isEmpty)
  }

  @Test func whatAKilledServerLeavesIsNotLent() throws {
    let lines = try fill(8)
    server.kill()
    #expect(soon { lines.allSatisfy { !Flatline.isReusable($0.socket).isReusable } })
    #expect(throws: Errno.self) { try pool.checkOut() }
    #expect(pool.counts.discarded == [.halfClosed: 8])
    #expect(pool.idleCount == 0)
    try server.start()
    let line = try pool.checkOut()
    try line.ping()
    pool.checkIn(line)
    #expect(pool.idleCount == 1)
  }

  /// One connection that the server ends is one connection.
  @Test func aConnectionThatTheServerClosesIsPassedOver() throws {
    let lines = try fill(3)
    let last = try pool.checkOut()
    let id = try last.ask("CLIENT ID").dropFirst()
    pool.checkIn(last)
    #expect(try lines[0].ask("CLIENT KILL ID \(id)") == ":1")
    #expect(soon { !Flatline.isReusable(last.socket).isReusable })
    let next = try pool.checkOut()
    #expect(next !== last)
    try next.ping()
    #expect(pool.counts.discarded == [.halfClosed: 1])
    #expect(pool.counts.evicted == 0)
  }

  /// An answer that its asker left would be the next asker's.
  @Test func anAnswerThatWasLeftIsNobodysElse() throws {
    let line = try pool.checkOut()
    try line.send("PING")
    pool.checkIn(line)
    #expect(soon { Flatline.isReusable(line.socket).reason == .unread })
    let other = try pool.checkOut()
    #expect(other !== line)
    #expect(pool.counts.discarded == [.unread: 1])
  }

  /// The sockets of a stopped server look sound, and a checkout would lend one after the other. The sentinel's verdict
  /// evicts them all, and a connection that is lent meanwhile does not come back.
  @Test func aServerThatHangsTakesItsConnectionsAlong() throws {
    let lines = try fill(16)
    let lent = try pool.checkOut()
    server.freeze()
    #expect(lines.allSatisfy { Flatline.isReusable($0.socket).isReusable })
    #expect(soon { pool.counts.evicted > 0 })
    #expect(pool.counts.evicted == 15)
    #expect(pool.counts.cause == .peerHung)
    #expect(pool.idleCount == 0)
    pool.checkIn(lent)
    #expect(pool.idleCount == 0)
    server.thaw()
    let line = try pool.checkOut()
    try line.ping()
    pool.checkIn(line)
    #expect(pool.idleCount == 1)
  }
}

/// A pool of connections to a real PostgreSQL.
@Suite(.serialized)
struct PostgreSQLPoolTests {
  let server: PostgreSQLServer
  let monitor: Monitor
  let pool: Pool<PostgreSQLLine>

  init() throws {
    server = try PostgreSQLServer()
    monitor = try Monitor()
    pool = Pool(monitor: monitor) { [port = server.port] in
      try PostgreSQLLine(port: port, user: "postgres", database: "postgres")
    }
  }

  @Test func aTerminatedBackendIsPassedOver() throws {
    let first = try pool.checkOut()
    let second = try pool.checkOut()
    let pid = try second.ask("SELECT pg_backend_pid()")
    pool.checkIn(second)
    #expect(Flatline.isReusable(second.socket) == .reusable)
    #expect(try first.ask("SELECT pg_terminate_backend(\(pid))") == "t")
    // It says why (57P01), and closes.
    #expect(soon { !Flatline.isReusable(second.socket).isReusable })
    let third = try pool.checkOut()
    #expect(third !== second)
    #expect(try third.ask("SELECT 40 + 2") == "42")
    #expect(pool.counts.discarded.values.reduce(0, +) == 1)
  }

  /// A backend process is stopped, the sentinel's: nothing else can tell.
  @Test func aFrozenServerTakesItsConnectionsAlong() throws {
    let lines = try (0..<4).map { _ in try pool.checkOut() }
    let own = try lines[0].ask("SELECT pg_backend_pid()")
    let pids = try lines[0].ask(
      "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE backend_type = 'client backend'")
    for line in lines { pool.checkIn(line) }
    #expect(pids.contains(own))
    for pid in pids.split(separator: " ").compactMap({ pid_t($0) }) { kill(pid, SIGSTOP) }
    defer { for pid in pids.split(separator: " ").compactMap({ pid_t($0) }) { kill(pid, SIGCONT) } }
    #expect(lines.allSatisfy { Flatline.isReusable($0.socket).isReusable })
    #expect(soon { pool.counts.evicted == 4 })
    #expect(pool.counts.cause == .peerHung)
  }

  @Test func whatAKilledServerLeavesIsNotLent() throws {
    let lines = try (0..<4).map { _ in try pool.checkOut() }
    for line in lines { pool.checkIn(line) }
    server.kill()
    #expect(soon { lines.allSatisfy { !Flatline.isReusable($0.socket).isReusable } })
    #expect(throws: (any Error).self) { try pool.checkOut() }
    #expect(pool.idleCount == 0)
  }
}
