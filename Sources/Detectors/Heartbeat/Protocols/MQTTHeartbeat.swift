public import FlatlineExplaining

/// `PINGREQ` of MQTT 3.1.1 (OASIS Standard, 29 October 2014).
///
/// Opens a clean session without subscriptions. A pong is a `PINGRESP`; other packets are skipped, not kept.
/// A refusal in `CONNACK`, or anything that is not MQTT, is an error.
public struct MQTTHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "mqtt" }

  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "a broker answers each PINGREQ, whenever it comes",
      rule: "MQTT 3.1.1, 3.1.2.10 and 3.12: a client may send PINGREQ at any time")
  }

  private enum State {
    case packetType
    case length(type: UInt8, value: UInt64, shift: UInt64)
    case acknowledgement
    case body(type: UInt8, remaining: UInt64)
  }

  private enum Packet {
    static let connect: UInt8 = 0x10
    static let connectAcknowledgement: UInt8 = 2
    static let pingRequest: UInt8 = 0xC0
    static let pingResponse: UInt8 = 13
  }

  private let connect: [UInt8]
  private var state = State.packetType
  private var acknowledgement: [UInt8] = []
  private var isConnected = false
  private var ledger = PingLedger()
  private var failure: HeartbeatProtocolError?

  /// For this peer: user, password, client identifier and keep-alive are used.
  public init(target: HeartbeatTarget) {
    connect = Self.connectPacket(target)
  }

  var heldBytes: Int { acknowledgement.count }

  public mutating func opening() -> [UInt8] { connect }

  public mutating func ping() -> [UInt8]? {
    guard isConnected, failure == nil else { return nil }
    _ = ledger.next()
    return [Packet.pingRequest, 0]
  }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    if let failure { throw failure }
    var reception = Reception()
    do throws(HeartbeatProtocolError) {
      reception.pongs = try parse(bytes)
    } catch {
      failure = error
      throw error
    }
    reception.isReady = isConnected
    return reception
  }

  private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Int {
    var rest = bytes
    var pongs = 0
    while let byte = rest.first {
      switch state {
      case .packetType:
        rest.removeFirst()
        try begin(byte)
      case .length(let type, let value, let shift):
        rest.removeFirst()
        // 2.2.3: seven bits a byte, least significant first, four bytes at most.
        let length = value | UInt64(byte & 0x7F) << shift
        if byte & 0x80 == 0 {
          pongs += try body(type: type, length: length)
        } else if shift < 21 {
          state = .length(type: type, value: length, shift: shift + 7)
        } else {
          throw Self.error("a remaining length of more than four bytes: not an MQTT broker?")
        }
      case .acknowledgement:
        guard WireBytes.fill(&acknowledgement, to: 2, from: &rest) else { break }
        try checkAcknowledgement()
        state = .packetType
      case .body(let type, let remaining):
        let left = WireBytes.skip(remaining, of: &rest)
        state = left > 0 ? .body(type: type, remaining: left) : .packetType
      }
    }
    return pongs
  }

  private mutating func begin(_ byte: UInt8) throws(HeartbeatProtocolError) {
    let type = byte >> 4
    guard (1...14).contains(type) else {
      throw Self.error("packet type \(type) does not exist: not an MQTT broker?")
    }
    guard isConnected || byte == Packet.connectAcknowledgement << 4 else {
      throw Self.error("the first packet is \(WireBytes.hex(byte)), not CONNACK: not an MQTT broker?")
    }
    state = .length(type: type, value: 0, shift: 0)
  }

  private mutating func body(type: UInt8, length: UInt64) throws(HeartbeatProtocolError) -> Int {
    if type == Packet.connectAcknowledgement, !isConnected {
      guard length == 2 else { throw Self.error("a CONNACK of \(length) bytes instead of 2") }
      state = .acknowledgement
      return 0
    }
    if type == Packet.pingResponse, length != 0 {
      throw Self.error("a PINGRESP of \(length) bytes instead of 0")
    }
    state = length > 0 ? .body(type: type, remaining: length) : .packetType
    return type == Packet.pingResponse ? ledger.answerOldest() : 0
  }

  private mutating func checkAcknowledgement() throws(HeartbeatProtocolError) {
    let code = acknowledgement.last ?? 0
    acknowledgement.removeAll()
    guard code == 0 else {
      throw Self.error("connection refused (\(code)): \(Self.meaning(ofReturnCode: code))")
    }
    isConnected = true
  }

  /// Table 3.1, Connect Return code values.
  private static func meaning(ofReturnCode code: UInt8) -> String {
    switch code {
    case 1: "unacceptable protocol version"
    case 2: "identifier rejected"
    case 3: "server unavailable"
    case 4: "bad user name or password"
    case 5: "not authorized"
    default: "a return code the standard reserves"
    }
  }

  private static func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: name, reason: reason)
  }
}

extension MQTTHeartbeat {
  /// Section 3.1.
  private static func connectPacket(_ target: HeartbeatTarget) -> [UInt8] {
    let cleanSession: UInt8 = 0x02
    var flags = cleanSession
    var payload = string(target.clientID.isEmpty ? randomClientID() : target.clientID)
    // A password may not stand without a user name, which may be empty (3.1.2-22).
    if !target.user.isEmpty || target.password != nil {
      flags |= 0x80
      payload += string(target.user)
    }
    if let password = target.password {
      flags |= 0x40
      payload += string(password)
    }
    let protocolLevel: UInt8 = 4
    let header = string("MQTT") + [protocolLevel, flags] + WireBytes.bigEndian(target.keepAlive)
    return [Packet.connect] + remainingLength(header.count + payload.count) + header + payload
  }

  /// 3.1.3-5: servers must take identifiers of up to 23 of these characters.
  private static func randomClientID() -> String {
    let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    return "flatline" + String((0..<15).compactMap { _ in alphabet.randomElement() })
  }

  /// 1.5.3: length and UTF-8, without NUL.
  private static func string(_ text: String) -> [UInt8] {
    let bytes = text.utf8.filter { $0 != 0 }.prefix(Int(UInt16.max))
    return WireBytes.bigEndian(UInt16(clamping: bytes.count)) + bytes
  }

  private static func remainingLength(_ length: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = length
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }
}
