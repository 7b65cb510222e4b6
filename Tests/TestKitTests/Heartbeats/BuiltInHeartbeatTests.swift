import Flatline
import FlatlineTestKit
import Testing

/// Every heartbeat protocol that comes with Flatline keeps to every rule.
@Suite struct BuiltInHeartbeatTests {
  /// What real peers say.
  private static let transcripts: [String: [HeartbeatTranscript]] = [
    "redis": [
      HeartbeatTranscript(
        "two pings and a push", [.ping, .ping, .peer("+PONG\r\n>2\r\n+a\r\n:1\r\n-NOAUTH no\r\n")], pongs: 2),
      HeartbeatTranscript("HTTP", [.ping, .peer("HTTP/1.1 400 Bad Request\r\n")], pongs: 0),
    ],
    "mqtt": [
      HeartbeatTranscript(
        "a session",
        [.peer([0x20, 2, 0, 0]), .ping, .ping, .peer([0xD0, 0, 0x30, 3, 0, 1, 0x61, 0xD0, 0])],
        pongs: 2),
      HeartbeatTranscript("a refusal", [.peer([0x20, 2, 0, 5])], pongs: 0),
    ],
    "postgresql": [
      HeartbeatTranscript(
        "a login",
        [
          .peer([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5A, 0, 0, 0, 5, 0x49]), .ping,
          .peer([0x49, 0, 0, 0, 4, 0x5A, 0, 0, 0, 5, 0x49]),
        ], pongs: 1)
    ],
    "http": [
      HeartbeatTranscript(
        "two responses, the last one",
        [
          .ping, .peer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), .ping,
          .peer(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        ], pongs: 2)
    ],
    "websocket": [HeartbeatTranscript("a refusal", [.peer("HTTP/1.1 404 Not Found\r\n\r\n")], pongs: 0)],
    // The peer sends back what it got.
    "echo": [
      HeartbeatTranscript("an echo", [.ping, .answer { $0 }, .ping, .ping, .answer { $0 }], pongs: 3)
    ],
    "framed": [
      HeartbeatTranscript(
        "a peer that pings too",
        [.ping, .answer { FramedPeer.answer($0) }, .ping, .answer { FramedPeer.answer($0) }],
        pongs: 2)
    ],
  ]

  /// The peer of the framed protocol: it answers each ping, and sends one of its own.
  private enum FramedPeer {
    static func answer(_ bytes: [UInt8]) -> [UInt8] {
      var peer = FramedHeartbeat()
      let reply = (try? peer.consume(bytes[...]))?.reply ?? []
      return reply + (peer.ping() ?? [])
    }
  }

  @Test(arguments: HeartbeatProtocols.builtIn.names, HeartbeatRule.allCases)
  func conforms(name: String, rule: HeartbeatRule) throws {
    let target = HeartbeatTarget(host: "peer", port: 1, user: "u", clientID: "c")
    _ = try #require(HeartbeatProtocols.builtIn.make(name, target: target))
    let conformance = HeartbeatConformance(transcripts: try #require(Self.transcripts[name])) {
      HeartbeatProtocols.builtIn.make(name, target: target) ?? EchoHeartbeat()
    }
    try conformance.check(rule)
  }
}
