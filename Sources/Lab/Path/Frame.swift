/// An Ethernet frame with an IPv4 packet in it, as the path receives, changes and sends it (RFC 894, 791, 9293).
struct Frame: Equatable {
  static let ethernet = 14
  static let ipv4: UInt16 = 0x0800

  private(set) var bytes: [UInt8]
  /// Bytes of the IP header.
  let headerLength: Int
  /// Bytes of the IP packet, without padding of the frame.
  let packetLength: Int

  /// `nil` unless the bytes are a complete and valid IPv4 packet.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Frame.ethernet + 20, bytes[12] == 0x08, bytes[13] == 0 else { return nil }
    headerLength = Int(bytes[Frame.ethernet] & 0x0f) * 4
    packetLength = Int(bytes[Frame.ethernet + 2]) << 8 | Int(bytes[Frame.ethernet + 3])
    guard bytes[Frame.ethernet] >> 4 == 4, headerLength >= 20, packetLength >= headerLength,
      bytes.count >= Frame.ethernet + packetLength
    else { return nil }
    self.bytes = bytes
  }

  var source: IPv4Address { IPv4Address(rawValue: UInt32(word(26)) << 16 | UInt32(word(28))) }
  var destination: IPv4Address { IPv4Address(rawValue: UInt32(word(30)) << 16 | UInt32(word(32))) }
  var timeToLive: UInt8 { bytes[22] }
  var packet: ArraySlice<UInt8> { bytes[Frame.ethernet..<Frame.ethernet + packetLength] }
  var hardwareDestination: ArraySlice<UInt8> { bytes[0..<6] }
  /// Whether it is an ICMP message other than an echo request or reply.
  var isICMPError: Bool { bytes[23] == 1 && packetLength > headerLength && ![0, 8].contains(bytes[payload]) }
  private var payload: Int { Frame.ethernet + headerLength }

  /// Forwards it: sets the hardware addresses of source and destination, and decrements the TTL.
  mutating func forward(from near: [UInt8], to far: [UInt8]) {
    bytes.replaceSubrange(0..<12, with: far + near)
    let before = word(22)
    bytes[22] &-= 1
    set(24, Checksum.updated(word(24), replacing: before, by: word(22)))
  }

  func word(_ offset: Int) -> UInt16 { UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) }

  private mutating func set(_ offset: Int, _ value: UInt16) {
    bytes[offset] = UInt8(value >> 8)
    bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
  }
}

// MARK: TCP

extension Frame {
  struct Flags: OptionSet {
    let rawValue: UInt8
    static let fin = Flags(rawValue: 1)
    static let syn = Flags(rawValue: 2)
    static let rst = Flags(rawValue: 4)
    static let ack = Flags(rawValue: 16)
  }

  /// The fields of a TCP segment that a router needs.
  struct Segment {
    let sourcePort: UInt16
    let destinationPort: UInt16
    let sequence: UInt32
    let acknowledgment: UInt32
    let flags: Flags
    /// Bytes of data.
    let dataLength: Int

    /// Its length in sequence space: SYN and FIN count as one each.
    var sequenceLength: UInt32 {
      UInt32(dataLength) + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
    }

    var isPureACK: Bool { flags.intersection([.syn, .fin, .rst]).isEmpty && dataLength == 0 }
  }

  /// `nil` unless this is the first fragment of a TCP segment with its whole header.
  var segment: Segment? {
    guard bytes[23] == 6, word(20) & 0x1fff == 0, packetLength >= headerLength + 20 else { return nil }
    let offset = Int(bytes[payload + 12] >> 4) * 4
    guard offset >= 20, packetLength >= headerLength + offset else { return nil }
    return Segment(
      sourcePort: word(payload), destinationPort: word(payload + 2),
      sequence: UInt32(word(payload + 4)) << 16 | UInt32(word(payload + 6)),
      acknowledgment: UInt32(word(payload + 8)) << 16 | UInt32(word(payload + 10)),
      flags: Flags(rawValue: bytes[payload + 13]), dataLength: packetLength - headerLength - offset)
  }

  /// Changes a port of a TCP segment, with its checksum.
  mutating func setSourcePort(_ port: UInt16) { setPort(payload, port) }
  mutating func setDestinationPort(_ port: UInt16) { setPort(payload + 2, port) }

  private mutating func setPort(_ offset: Int, _ port: UInt16) {
    let before = word(offset)
    guard before != port else { return }
    set(offset, port)
    set(payload + 16, Checksum.updated(word(payload + 16), replacing: before, by: port))
  }
}
