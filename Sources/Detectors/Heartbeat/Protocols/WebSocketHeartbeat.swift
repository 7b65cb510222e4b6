public import FlatlineExplaining

/// Ping frames of WebSocket (RFC 6455, 5.5.2), as a client.
///
/// A pong with the number of one of our pings answers that ping and the earlier ones (5.5.3 lets a server answer only
/// the latest). Other pongs are only signs of life. Of the server's pings that arrive together, the latest is answered.
/// A close frame is answered. After it ``ping()`` is `nil` and later bytes are ignored: the server ends the connection.
/// Messages are skipped, not kept.
public struct WebSocketHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "websocket" }

  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "a server answers each ping frame, or the latest of several",
      rule: "RFC 6455, 5.5.2 and 5.5.3: at any time after the connection is open")
  }

  private enum State {
    case handshake
    case open
    case closed
  }

  private let handshake: WebSocketHandshake
  private let request: [UInt8]
  private let nextMask: @Sendable () -> UInt32
  private var state = State.handshake
  private var heads = HTTPHeadParser(protocolName: name)
  private var frames = WebSocketFrames()
  private var ledger = PingLedger()
  private var failure: HeartbeatProtocolError?

  /// For this peer: host, path and subprotocol are used.
  public init(target: HeartbeatTarget) {
    let nonce =
      WireBytes.bigEndian(UInt64.random(in: 0...UInt64.max))
      + WireBytes.bigEndian(UInt64.random(in: 0...UInt64.max))
    self.init(target: target, nonce: nonce) { UInt32.random(in: 0...UInt32.max) }
  }

  /// With a key and masks that are not random, so that tests know every byte.
  init(target: HeartbeatTarget, nonce: [UInt8], nextMask: @escaping @Sendable () -> UInt32) {
    handshake = WebSocketHandshake(nonce: nonce, subprotocol: target.subprotocol)
    request = handshake.request(to: target)
    self.nextMask = nextMask
  }

  var heldBytes: Int { heads.heldBytes + frames.heldBytes }

  public mutating func opening() -> [UInt8] { request }

  public mutating func ping() -> [UInt8]? {
    guard state == .open, failure == nil else { return nil }
    let payload = WireBytes.bigEndian(ledger.next())
    return WebSocketControl(opcode: .ping, payload: payload).encoded(mask: nextMask())
  }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    if let failure { throw failure }
    var reception = Reception()
    do throws(HeartbeatProtocolError) {
      try parse(bytes, into: &reception)
    } catch {
      failure = error
      throw error
    }
    reception.isReady = state == .open
    return reception
  }

  private mutating func parse(
    _ bytes: ArraySlice<UInt8>, into reception: inout Reception
  ) throws(HeartbeatProtocolError) {
    var rest = bytes
    while state == .handshake {
      guard let head = try heads.next(from: &rest) else { return }
      // An interim response other than the switch precedes the one that counts.
      if head.status < 200, head.status != 101 { continue }
      try handshake.check(head)
      state = .open
    }
    var pong: WebSocketControl?
    var close: WebSocketControl?
    while state == .open, let control = try frames.next(from: &rest) {
      switch control.opcode {
      case .ping: pong = WebSocketControl(opcode: .pong, payload: control.payload)
      case .pong:
        guard control.payload.count == 8 else { break }
        reception.pongs += ledger.answer(upTo: WireBytes.number(control.payload))
      case .close:
        state = .closed
        close = WebSocketControl(opcode: .close, payload: Self.closeAnswer(to: control.payload))
      }
    }
    for answer in [pong, close].compactMap({ $0 }) { reception.reply += answer.encoded(mask: nextMask()) }
  }

  /// The status code received (5.5.1); 1002, protocol error, if only half a code was received.
  private static func closeAnswer(to payload: [UInt8]) -> [UInt8] {
    payload.count == 1 ? WireBytes.bigEndian(UInt16(1002)) : Array(payload.prefix(2))
  }
}
