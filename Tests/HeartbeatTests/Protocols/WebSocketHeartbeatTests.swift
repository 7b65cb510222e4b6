import Testing

@testable import FlatlineHeartbeat

@Suite struct WebSocketHeartbeatTests {
  /// The key and the answer of RFC 6455, 1.3.
  private let nonce = bytes("the sample nonce")
  private let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
  private let mask: UInt32 = 0x37FA_213D

  private func fresh(subprotocol: String = "", path: String = "/chat") -> WebSocketHeartbeat {
    let target = HeartbeatTarget(host: "example.net", port: 9001, path: path, subprotocol: subprotocol)
    return WebSocketHeartbeat(target: target, nonce: nonce) { [mask] in mask }
  }

  private func switching(_ extra: String = "", accept: String? = nil) -> [UInt8] {
    bytes(
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
        + "Sec-WebSocket-Accept: \(accept ?? self.accept)\r\n\(extra)\r\n")
  }

  private func connected(pings: Int) throws -> WebSocketHeartbeat {
    var socket = fresh()
    #expect(socket.ping() == nil)
    #expect(try socket.consume(switching()[...]).isReady)
    for _ in 0..<pings { _ = socket.ping() }
    return socket
  }

  private func pong(_ number: UInt64) -> [UInt8] { [0x8A, 8] + WireBytes.bigEndian(number) }

  @Test func knowsTheAnswersOfTheStandards() {
    #expect(WebSocketHandshake.base64(nonce) == "dGhlIHNhbXBsZSBub25jZQ==")
    #expect(WebSocketHandshake.accept(forKey: "dGhlIHNhbXBsZSBub25jZQ==") == accept)
    // RFC 3174, 7.3, and RFC 4648, 10.
    let hex = SHA1.digest(bytes("abc")).map { WireBytes.hex($0).dropFirst(2) }.joined()
    #expect(hex == "a9993e364706816aba3e25717850c26c9cd0d89d")
    let long = SHA1.digest(bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))
    #expect(
      long.map { WireBytes.hex($0).dropFirst(2) }.joined() == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
    #expect(
      ["", "f", "fo", "foo", "foob"].map { WebSocketHandshake.base64(bytes($0)) } == [
        "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==",
      ])
  }

  @Test func opensWithAnUpgrade() {
    var socket = fresh(subprotocol: "mqtt")
    let expected =
      "GET /chat HTTP/1.1\r\nHost: example.net:9001\r\nUser-Agent: flatline\r\nUpgrade: websocket\r\n"
      + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n"
    #expect(socket.opening() == bytes(expected))
    var (one, two) = (
      WebSocketHeartbeat(target: HeartbeatTarget()), WebSocketHeartbeat(target: HeartbeatTarget())
    )
    #expect(one.opening() != two.opening())
  }

  @Test func handshakeInAnyPieces() {
    expect(switching(), to: fresh(), give: Outcome(isReady: true))
    let hints = bytes("HTTP/1.1 103 Early Hints\r\n\r\n")
    let chosen = switching("Sec-WebSocket-Protocol: mqtt\r\n")
    expect(hints + chosen, to: fresh(subprotocol: "mqtt"), give: Outcome(isReady: true))
  }

  @Test func refusesTheWrongHandshake() {
    #expect(refusal(of: fresh(), after: bytes("HTTP/1.1 404 Not Found\r\n\r\n"))?.contains("404") == true)
    #expect(refusal(of: fresh(), after: switching(accept: "x"))?.contains("Accept") == true)
    #expect(refusal(of: fresh(), after: bytes("HTTP/1.1 101 Sure\r\n\r\n")) != nil)
    #expect(refusal(of: fresh(), after: switching("Sec-WebSocket-Protocol: mqtt\r\n")) != nil)
    #expect(refusal(of: fresh(), after: switching("Sec-WebSocket-Extensions: permessage-deflate\r\n")) != nil)
    #expect(refusal(of: fresh(), after: bytes("-ERR\r\n")) != nil)
  }

  @Test func pingsAreMasked() throws {
    var socket = try connected(pings: 0)
    #expect(
      socket.ping() == [0x89, 0x88, 0x37, 0xFA, 0x21, 0x3D, 0x37, 0xFA, 0x21, 0x3D, 0x37, 0xFA, 0x21, 0x3C])
    // The "Hello" of RFC 6455, 5.7.
    let hello = WebSocketControl(opcode: .pong, payload: bytes("Hello")).encoded(mask: mask)
    #expect(hello == [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
  }

  @Test func pongsAmongData() throws {
    let short: [UInt8] = [0x81, 5] + bytes("hello")
    let medium: [UInt8] = [0x82, 126, 1, 0] + [UInt8](repeating: 0x8A, count: 256)
    let long: [UInt8] = [0x82, 127, 0, 0, 0, 0, 0, 0, 1, 44] + [UInt8](repeating: 0x88, count: 300)
    let fragments: [UInt8] = [0x01, 1, 0x61] + pong(2) + [0x00, 0, 0x80, 1, 0x62]
    let answers = pong(1) + short + medium + fragments + long + [0x8A, 0] + pong(99) + pong(5)
    expect(answers, to: try connected(pings: 6), give: Outcome(pongs: 5, isReady: true))
  }

  @Test func handshakeAndFramesMayArriveTogether() {
    let ping: [UInt8] = [0x89, 1, 0x61]
    let answer = WebSocketControl(opcode: .pong, payload: [0x61]).encoded(mask: mask)
    expect(switching() + ping, to: fresh(), give: Outcome(reply: answer, isReady: true))
  }

  @Test func answersTheLatestOfSeveralPings() throws {
    var socket = try connected(pings: 0)
    let reception = try socket.consume([0x89, 1, 0x61, 0x89, 1, 0x62])
    #expect(reception.reply == WebSocketControl(opcode: .pong, payload: [0x62]).encoded(mask: mask))
  }

  @Test func aCloseIsAnsweredAndEndsThePings() throws {
    let answer = WebSocketControl(opcode: .close, payload: [3, 0xE9]).encoded(mask: mask)
    let close = pong(1) + [0x88, 5, 3, 0xE9] + bytes("bye")
    expect(close + bytes("whatever"), to: try connected(pings: 2), give: Outcome(pongs: 1, reply: answer))
    let empty = WebSocketControl(opcode: .close, payload: []).encoded(mask: mask)
    expect([0x88, 0], to: try connected(pings: 2), give: Outcome(reply: empty))
    var socket = try connected(pings: 0)
    #expect(!(try socket.consume([0x88, 1, 3])).reply.isEmpty)
    #expect(socket.ping() == nil)
  }

  @Test(
    arguments: [
      [0xC1, 0], [0x81, 0x85], [0x83, 0], [0x8B, 0], [0x09, 0], [0x89, 126], [0x80, 0], [0x01, 0, 0x01, 0],
      [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
    ] as [[UInt8]])
  func refusesWhatIsNoFrame(_ frame: [UInt8]) throws {
    #expect(refusal(of: try connected(pings: 1), after: frame) != nil)
  }

  @Test func skipsTheLongestFrameWithoutKeepingIt() throws {
    var socket = try connected(pings: 1)
    _ = try socket.consume([0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
    let block = [UInt8](repeating: 0x88, count: 1 << 20)
    for _ in 0..<50 {
      #expect(try socket.consume(block[...]) == Reception(isReady: true))
      #expect(socket.heldBytes == 0)
    }
  }

  @Test func survivesNoise() throws {
    let limit = HTTPHeadParser.headLimit + HTTPHeadParser.lineLimit + 200
    expectUnharmed(fresh(), by: switching() + pong(1), holding: limit, seed: 9)
    let sample = pong(1) + [0x89, 3, 1, 2, 3, 0x82, 126, 0, 4, 1, 2, 3, 4]
    expectUnharmed(try connected(pings: 3), by: sample, holding: 150, seed: 10)
  }
}
