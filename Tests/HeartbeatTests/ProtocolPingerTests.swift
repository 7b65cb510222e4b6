import FlatlineCore
import FlatlineHeartbeat
import Glibc
import Synchronization
import Testing

/// The pinger over a pair of sockets.
struct ProtocolPingerTests {
  /// Two sockets joined; the first one's number is the pinger's.
  private static func pair() throws -> (near: CInt, far: CInt) {
    var ends: [CInt] = [-1, -1]
    try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  private static func unread(_ descriptor: CInt) -> Int {
    var buffer = [UInt8](repeating: 0, count: 64)
    return recv(descriptor, &buffer, buffer.count, CInt(MSG_PEEK | MSG_DONTWAIT))
  }

  /// The app closes the connection there and opens another: the number may be that one's.
  @Test func readsNothingMoreOnceItReportedAFailure() throws {
    let (near, far) = try Self.pair()
    let (next, writer) = try Self.pair()
    defer { for descriptor in [near, far, next, writer] { close(descriptor) } }
    let failures = Mutex(0)
    let pinger = ProtocolPinger(RedisHeartbeat(), on: near) { _ in
      failures.withLock { $0 += 1 }
      dup2(next, near)
    }
    _ = try StreamIO.send(Array("another's".utf8), to: writer)
    _ = try StreamIO.send(Array("SSH-2.0-OpenSSH\r\n".utf8), to: far)
    #expect(pinger.receive() == StreamReception(bytes: 17, hasMore: true))
    #expect(failures.withLock { $0 } == 1)
    #expect(Self.unread(near) == 9)
    #expect(pinger.sendPing() == .never)
  }

  /// What it calls may call it: nothing is locked then.
  @Test func mayBeCalledFromItsFailure() throws {
    let (near, far) = try Self.pair()
    defer { for descriptor in [near, far] { close(descriptor) } }
    let again = Mutex<ProtocolPinger?>(nil)
    let outcome = Mutex<PingOutcome?>(nil)
    let pinger = ProtocolPinger(RedisHeartbeat(), on: near) { _ in
      let ping = again.withLock { $0 }?.sendPing()
      outcome.withLock { $0 = ping }
    }
    again.withLock { $0 = pinger }
    _ = try StreamIO.send(Array("SSH-2.0-OpenSSH\r\n".utf8), to: far)
    _ = pinger.receive()
    #expect(outcome.withLock { $0 } == .never)
    again.withLock { $0 = nil }
  }

  // MARK: Why a ping is not sent

  @Test func aHandshakeThatThePeerDoesNotFinishIsPending() throws {
    let (near, far) = try Self.pair()
    defer { for descriptor in [near, far] { close(descriptor) } }
    let pinger = ProtocolPinger(MQTTHeartbeat(target: HeartbeatTarget()), on: near)
    #expect(pinger.sendPing() == .handshakePending)
    _ = try StreamIO.send([0x20, 2, 0, 0], to: far)
    _ = pinger.receive()
    #expect(pinger.sendPing() == .sent)
  }

  @Test func aStreamThatTakesNoMoreIsFull() throws {
    let (near, far) = try Self.pair()
    defer { for descriptor in [near, far] { close(descriptor) } }
    let pinger = ProtocolPinger(RedisHeartbeat(), on: near)
    var taken = 0
    repeat {
      taken = try StreamIO.send([UInt8](repeating: 0, count: 1 << 16), to: near)
    } while taken > 0
    #expect(pinger.sendPing() == .streamFull)
    #expect(pinger.sendPing() == .streamFull)
  }

  /// The peer has announced its end: nothing more can be asked.
  @Test func afterTheAnnouncedEndNothingIsAsked() throws {
    let (near, far) = try Self.pair()
    defer { for descriptor in [near, far] { close(descriptor) } }
    let pinger = ProtocolPinger(HTTPHeartbeat(target: HeartbeatTarget()), on: near)
    #expect(pinger.sendPing() == .sent)
    let answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    _ = try StreamIO.send(Array(answer.utf8), to: far)
    #expect(pinger.receive().bytes == answer.utf8.count)
    #expect(pinger.sendPing() == .never)
  }

  /// A refusal proves that the program lives: its bytes count, and then nothing more is asked.
  @Test(arguments: [
    ("websocket", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "403"),
    ("postgresql", "S", "TLS"), ("mqtt", "\u{20}\u{2}\u{0}\u{5}", "not authorized"),
    ("http", "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{32}", "the server speaks TLS"),
    ("redis", "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{32}", "the server speaks TLS"),
  ])
  func aRefusalIsHeardAndIsTheReason(_ name: String, _ answer: String, _ reason: String) throws {
    let (near, far) = try Self.pair()
    defer { for descriptor in [near, far] { close(descriptor) } }
    let proto = try #require(HeartbeatProtocols.builtIn.make(name, target: HeartbeatTarget()))
    let failures = Mutex<[String]>([])
    let pinger = ProtocolPinger(proto, on: near) { error in
      failures.withLock { $0.append(error.description) }
    }
    _ = try StreamIO.send(Array(answer.utf8), to: far)
    #expect(pinger.receive().bytes == answer.utf8.count)
    let told = failures.withLock { $0 }
    #expect(told.count == 1 && told.allSatisfy { $0.contains(reason) && $0.hasPrefix(name) }, "\(told)")
    #expect(pinger.sendPing() == .never)
  }
}
