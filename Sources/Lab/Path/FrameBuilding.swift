/// The frames that a router makes itself.
extension Frame {
  /// The addresses of one hop: the router's side and the host.
  struct Hop {
    let from: [UInt8]
    let to: [UInt8]
  }

  /// An IPv4 packet of the router in a frame of its own.
  static func make(
    _ hop: Hop, from source: IPv4Address, to destination: IPv4Address, protocol number: UInt8,
    _ content: [UInt8]
  ) -> Frame? {
    var header: [UInt8] = [0x45, 0]
    header += big(UInt16(20 + content.count))
    header += [0, 0, 0x40, 0, 64, number, 0, 0]
    header += source.octets + destination.octets
    header.replaceSubrange(10..<12, with: big(Checksum.of(header)))
    return Frame(hop.to + hop.from + big(Frame.ipv4) + header + content)
  }

  /// An ICMP error about this packet (RFC 792), with as much of it quoted as RFC 1812, 4.3.2.3 requires.
  func icmpError(type: UInt8, code: UInt8, from router: IPv4Address, _ hop: Hop) -> Frame? {
    var message: [UInt8] = [type, code, 0, 0, 0, 0, 0, 0] + packet.prefix(576 - 28)
    message.replaceSubrange(2..<4, with: Frame.big(Checksum.of(message)))
    return Frame.make(hop, from: router, to: source, protocol: 1, message)
  }

  /// The RST that answers this segment in the name of its destination (RFC 9293, 3.10.7.1). A RST gets none.
  func resetAnswer(_ hop: Hop) -> Frame? {
    guard let segment, !segment.flags.contains(.rst) else { return nil }
    if segment.flags.contains(.ack) {
      return Frame.reset(
        hop, from: destination, segment.destinationPort, to: source, segment.sourcePort,
        sequence: segment.acknowledgment, acknowledgment: nil)
    }
    return Frame.reset(
      hop, from: destination, segment.destinationPort, to: source, segment.sourcePort, sequence: 0,
      acknowledgment: segment.sequence &+ segment.sequenceLength)
  }

  static func reset(
    _ hop: Hop, from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address,
    _ destinationPort: UInt16, sequence: UInt32, acknowledgment: UInt32?
  ) -> Frame? {
    let flags = acknowledgment == nil ? Flags.rst : [.rst, .ack]
    var header = big(sourcePort) + big(destinationPort) + big(sequence) + big(acknowledgment ?? 0)
    header += [0x50, flags.rawValue, 0, 0, 0, 0, 0, 0]
    let pseudo = source.octets + destination.octets + [0, 6] + big(UInt16(header.count))
    header.replaceSubrange(16..<18, with: big(Checksum.of(pseudo + header)))
    return make(hop, from: source, to: destination, protocol: 6, header)
  }

  private static func big(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}

/// The hardware address of the router, for whoever asks (RFC 826).
enum ARP {
  /// The answer to a request for `address`; `nil` for all other frames.
  static func answer(to bytes: [UInt8], for address: IPv4Address, at hardware: [UInt8]) -> [UInt8]? {
    let request: [UInt8] = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]
    guard bytes.count >= 42, Array(bytes[12..<22]) == request, Array(bytes[38..<42]) == address.octets
    else { return nil }
    let (asker, askerAddress) = (bytes[22..<28], bytes[28..<32])
    var answer = Array(asker) + hardware + request
    answer[21] = 2
    return answer + hardware + address.octets + asker + askerAddress
  }
}
