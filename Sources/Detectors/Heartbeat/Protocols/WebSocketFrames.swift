/// A control frame (RFC 6455, 5.5).
struct WebSocketControl: Sendable, Hashable {
  enum Opcode: UInt8, Sendable {
    case close = 0x8
    case ping = 0x9
    case pong = 0xA
  }

  static let payloadLimit = 125

  var opcode: Opcode
  var payload: [UInt8]

  /// As a client must send it: masked (5.3) with four unpredictable bytes. A longer payload is cut.
  func encoded(mask: UInt32) -> [UInt8] {
    let key = WireBytes.bigEndian(mask)
    let body = payload.prefix(Self.payloadLimit).enumerated().map { $1 ^ key[$0 % 4] }
    return [0x80 | opcode.rawValue, 0x80 | UInt8(clamping: body.count)] + key + body
  }
}

/// Finds control frames in the bytes of a WebSocket server (RFC 6455, 5.2). Skips data without keeping it.
struct WebSocketFrames: Sendable {
  private enum State {
    case header
    case control(WebSocketControl.Opcode, length: Int)
    case data(remaining: UInt64)
  }

  private var state = State.header
  private var header: [UInt8] = []
  private var payload: [UInt8] = []
  private var isInsideMessage = false

  var heldBytes: Int { header.count + payload.count }

  /// The next whole control frame, or `nil` when all bytes are taken.
  mutating func next(from bytes: inout ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> WebSocketControl?
  {
    while !bytes.isEmpty {
      switch state {
      case .header:
        guard WireBytes.fill(&header, to: 2, from: &bytes) else { return nil }
        try checkStart()
        guard WireBytes.fill(&header, to: 2 + extendedLength, from: &bytes) else { return nil }
        state = try begin()
        header.removeAll(keepingCapacity: true)
      case .data(let remaining):
        let left = WireBytes.skip(remaining, of: &bytes)
        state = left > 0 ? .data(remaining: left) : .header
      case .control: break
      }
      // Outside the switch: the shortest control frame ends with its header.
      if case .control(let opcode, let length) = state {
        guard WireBytes.fill(&payload, to: length, from: &bytes) else { return nil }
        defer { (payload, state) = ([], .header) }
        return WebSocketControl(opcode: opcode, payload: payload)
      }
    }
    return nil
  }

  private var opcode: UInt8 { (header.first ?? 0) & 0x0F }
  private var isFinal: Bool { (header.first ?? 0) & 0x80 != 0 }
  private var shortLength: UInt8 { (header.dropFirst().first ?? 0) & 0x7F }

  private var extendedLength: Int {
    switch shortLength {
    case 126: 2
    case 127: 8
    default: 0
    }
  }

  private func checkStart() throws(HeartbeatProtocolError) {
    let first = header.first ?? 0
    guard first & 0x70 == 0 else { throw Self.error("a frame with reserved bits set") }
    guard (header.dropFirst().first ?? 0) & 0x80 == 0 else {
      throw Self.error("a masked frame from a server")
    }
    switch opcode {
    case 0x0 where !isInsideMessage: throw Self.error("a continuation of no message")
    case 0x1 where isInsideMessage, 0x2 where isInsideMessage:
      throw Self.error("a new message inside a fragmented one")
    case 0x0...0x2: break
    case 0x8...0xA:
      guard isFinal else { throw Self.error("a fragmented control frame") }
      guard shortLength <= WebSocketControl.payloadLimit else {
        throw Self.error("a control frame of more than \(WebSocketControl.payloadLimit) bytes")
      }
    default: throw Self.error("opcode \(WireBytes.hex(opcode)) is reserved")
    }
  }

  private mutating func begin() throws(HeartbeatProtocolError) -> State {
    if let control = WebSocketControl.Opcode(rawValue: opcode) {
      return .control(control, length: Int(shortLength))
    }
    isInsideMessage = !isFinal
    let length = extendedLength == 0 ? UInt64(shortLength) : WireBytes.number(header.dropFirst(2))
    guard length <= UInt64(Int64.max) else { throw Self.error("a frame length with the highest bit set") }
    return length > 0 ? .data(remaining: length) : .header
  }

  private static func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: WebSocketHeartbeat.name, reason: reason)
  }
}
