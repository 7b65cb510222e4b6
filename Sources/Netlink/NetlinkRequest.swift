import FlatlineCore

/// A netlink message on its way to the kernel (netlink(7)), in the machine's own byte order.
public struct NetlinkRequest: Sendable {
  private var content: [UInt8] = []
  /// Whether it asks for all entries.
  public let isDump: Bool
  /// The number that the answers have.
  public let sequence: UInt32

  /// Flags of a request (nlmsg_flags). NLM_F_REQUEST is set by itself.
  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt16
    /// From the kernel's number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// All entries, not one (NLM_F_ROOT | NLM_F_MATCH).
    public static let dump = Flags(rawValue: 0x300)
    /// Asks for an acknowledgement of success too (NLM_F_ACK).
    public static let acknowledged = Flags(rawValue: 0x4)
    /// Makes an object, and fails where it exists (NLM_F_CREATE | NLM_F_EXCL).
    public static let create = Flags(rawValue: 0x600)
  }

  /// A request with an empty body.
  ///
  /// - Parameters:
  ///   - type: its type, a number of the family.
  ///   - flags: its flags.
  ///   - sequence: see ``NetlinkSocket/nextSequence()``.
  public init(type: UInt16, flags: Flags = [], sequence: UInt32) {
    self.sequence = sequence
    isDump = flags.contains(.dump)
    append(UInt32(0))  // The length, known at the end.
    append(type)
    append(flags.rawValue | 1)
    append(sequence)
    append(UInt32(0))  // The kernel fills in the sender.
  }

  /// A number of the family's header.
  public mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number) { content.append(contentsOf: $0) }
  }

  /// Bytes of the family's header.
  public mutating func append(_ bytes: [UInt8]) {
    content += bytes
  }

  /// An attribute, padded to a multiple of four bytes.
  public mutating func attribute(_ type: UInt16, _ payload: [UInt8]) {
    append(UInt16(truncatingIfNeeded: payload.count + 4))
    append(type)
    content += payload
    content += [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
  }

  /// An attribute of 32 bits, in the machine's byte order.
  public mutating func attribute(_ type: UInt16, _ number: UInt32) {
    attribute(type, withUnsafeBytes(of: number) { Array($0) })
  }

  /// A text with its closing zero.
  public mutating func attribute(_ type: UInt16, text: String) {
    attribute(type, Array(text.utf8) + [0])
  }

  /// An attribute that holds what `body` appends.
  public mutating func nest(_ type: UInt16, _ body: (inout NetlinkRequest) -> Void) {
    let start = content.count
    append(UInt16(0))  // The length, known at the end.
    append(type)
    body(&self)
    let length = UInt16(truncatingIfNeeded: content.count - start)
    withUnsafeBytes(of: length) { content.replaceSubrange(start..<start + 2, with: $0) }
  }

  /// The message as it is sent.
  public var bytes: [UInt8] {
    var bytes = content
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: content.count)) { length in
      bytes.replaceSubrange(0..<4, with: length)
    }
    return bytes
  }
}
