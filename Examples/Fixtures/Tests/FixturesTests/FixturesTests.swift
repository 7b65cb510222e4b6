import Fixtures
import Glibc
import Testing

struct FixturesTests {
  @Test func aServerThatIsKilledIsGoneAndComesBack() throws {
    let server = try RedisServer()
    let line = try LoopbackSocket.connect(to: server.port)
    defer { close(line) }
    var reply = [UInt8](repeating: 0, count: 16)
    // Once it has answered it has accepted.
    #expect(send(line, "PING\r\n", 6, CInt(MSG_NOSIGNAL)) == 6)
    #expect(recv(line, &reply, reply.count, 0) == 7)
    server.kill()
    #expect(recv(line, &reply, reply.count, 0) == 0)
    #expect(throws: SystemCallFailure.self) { try LoopbackSocket.connect(to: server.port) }
    try server.start()
  }

  @Test func aFrozenServerStillTakesConnections() throws {
    let server = try RedisServer()
    server.freeze()
    close(try LoopbackSocket.connect(to: server.port))
    // Frozen or not, it goes.
    server.kill()
    #expect(throws: SystemCallFailure.self) { try LoopbackSocket.connect(to: server.port) }
  }
}
