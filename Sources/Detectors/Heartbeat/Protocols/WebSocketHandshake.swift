/// The opening handshake of a WebSocket client (RFC 6455, 4.1).
struct WebSocketHandshake: Sendable {
  let key: String
  let subprotocol: String

  /// - Parameter nonce: 16 random bytes.
  init(nonce: [UInt8], subprotocol: String) {
    key = Self.base64(nonce)
    self.subprotocol = String(subprotocol.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F })
  }

  func request(to target: HeartbeatTarget) -> [UInt8] {
    var lines = [
      "GET \(target.requestTarget) HTTP/1.1", "Host: \(target.authority(defaultPort: 80))",
      "User-Agent: flatline", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)",
      "Sec-WebSocket-Version: 13",
    ]
    if !subprotocol.isEmpty { lines.append("Sec-WebSocket-Protocol: \(subprotocol)") }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// Checks the server's answer: 4.1, the numbered list at its end.
  func check(_ head: HTTPHead) throws(HeartbeatProtocolError) {
    guard head.status == 101 else { throw Self.error("the server answers \(head.status) instead of 101") }
    guard head.has("websocket", in: "upgrade"), head.has("upgrade", in: "connection") else {
      throw Self.error("the server switches to something else than WebSocket")
    }
    guard head.fields["sec-websocket-accept"] == [Self.accept(forKey: key)] else {
      throw Self.error("the Sec-WebSocket-Accept header does not match the key sent")
    }
    guard head.list("sec-websocket-extensions").isEmpty else {
      throw Self.error("the server uses an extension nobody asked for")
    }
    let chosen = head.list("sec-websocket-protocol")
    guard chosen.isEmpty || chosen == [subprotocol] else {
      throw Self.error("the server chose a subprotocol nobody asked for")
    }
  }

  /// The value of Sec-WebSocket-Accept that answers a key.
  static func accept(forKey key: String) -> String {
    base64(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  /// RFC 4648, 4.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = WireBytes.number(group) << UInt64(8 * (3 - group.count))
      for digit in 0..<4 {
        text.append(digit > group.count ? "=" : alphabet[Int(bits >> UInt64(18 - 6 * digit) & 0x3F)])
      }
    }
    return text
  }

  private static func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: WebSocketHeartbeat.name, reason: reason)
  }
}
