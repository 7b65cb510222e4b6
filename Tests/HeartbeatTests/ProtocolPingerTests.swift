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
}
