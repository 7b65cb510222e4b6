import FlatlineCore

/// One message of a datagram from the kernel (netlink(7)). Valid for the call it is passed to.
public struct NetlinkMessage {
  /// The type, a number of the family (nlmsg_type).
  public let type: UInt16
  /// The number of the request that it answers; zero for a notification (nlmsg_seq).
  public let sequence: UInt32
  /// The bytes after the header.
  public let body: NetlinkBytes

  /// Bytes of a header (struct nlmsghdr).
  public static let headerSize = 16
  /// NLMSG_ERROR: a failure, or an acknowledgement.
  private static let errorType: UInt16 = 2
  /// NLMSG_DONE: the end of a dump.
  private static let doneType: UInt16 = 3

  /// A message made of a copy of its body.
  package init(type: UInt16, sequence: UInt32, body: NetlinkBytes) {
    (self.type, self.sequence, self.body) = (type, sequence, body)
  }

  /// Whether it ends a dump.
  public var isDone: Bool { type == NetlinkMessage.doneType }

  /// The errno in the message, zero for an acknowledgement; `nil` for a message of another kind.
  public var errorCode: Int32? {
    guard type == NetlinkMessage.errorType else { return nil }
    // Negative on the wire. A message that is cut off is no success.
    return body.word(0).map { 0 &- Int32(bitPattern: $0) } ?? Errno.noBufferSpace.rawValue
  }

  /// Calls `body` for each whole message of a datagram. Bytes after a message that contradicts its own length are not
  /// read.
  public static func each(in datagram: NetlinkBytes, _ body: (NetlinkMessage) -> Void) {
    var rest = datagram
    while let length = rest.word(0), let type = rest.half(4), let sequence = rest.word(8),
      length >= headerSize, let content = rest.part(headerSize..<max(headerSize, Int(length)))
    {
      body(NetlinkMessage(type: type, sequence: sequence, body: content))
      // The last one may lack its padding.
      guard let next = rest.dropFirst((Int(length) + 3) & ~3) else { return }
      rest = next
    }
  }

  /// Calls `body` for each whole attribute after a family's header of `offset` bytes.
  public func eachAttribute(after offset: Int, _ body: (_ type: UInt16, _ value: NetlinkBytes) -> Void) {
    guard var rest = self.body.dropFirst(offset) else { return }
    while let length = rest.half(0), let type = rest.half(2), length >= 4,
      let value = rest.part(4..<max(4, Int(length)))
    {
      // The two highest bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
      body(type & 0x3fff, value)
      guard let next = rest.dropFirst((Int(length) + 3) & ~3) else { return }
      rest = next
    }
  }
}
