/// One request to the kernel, in the form of netlink(7): a header, a fixed part, and attributes, aligned to 4.
struct NetlinkMessage {
  /// Wants an answer: every request of ours does.
  static let acknowledged: UInt16 = 0x0001 | 0x0004
  /// Fails where the thing exists.
  static let create: UInt16 = 0x0400 | 0x0200

  private(set) var bytes: [UInt8] = []

  init(type: UInt16, flags: UInt16 = 0) {
    append(UInt32(0))  // the length, set by `finished`
    append(type)
    append(NetlinkMessage.acknowledged | flags)
    append(UInt32(0))  // the number, set by `finished`
    append(UInt32(0))  // the sender: the kernel fills it in
  }

  /// Appends part of the fixed header, in host byte order as the kernel wants it.
  mutating func append(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value) { bytes += $0 }
  }

  mutating func attribute(_ type: UInt16, _ content: [UInt8]) {
    append(UInt16(4 + content.count))
    append(type)
    bytes += content
    align()
  }

  mutating func attribute(_ type: UInt16, _ value: some FixedWidthInteger) {
    attribute(type, withUnsafeBytes(of: value) { Array($0) })
  }

  /// A text with its closing zero.
  mutating func attribute(_ type: UInt16, text: String) {
    attribute(type, Array(text.utf8) + [0])
  }

  mutating func nest(_ type: UInt16, _ content: (inout NetlinkMessage) -> Void) {
    let start = bytes.count
    append(UInt16(0))
    append(type)
    content(&self)
    let length = UInt16(bytes.count - start)
    withUnsafeBytes(of: length) { bytes.replaceSubrange(start..<start + 2, with: $0) }
  }

  func finished(number: UInt32) -> [UInt8] {
    var copy = bytes
    withUnsafeBytes(of: UInt32(bytes.count)) { copy.replaceSubrange(0..<4, with: $0) }
    withUnsafeBytes(of: number) { copy.replaceSubrange(8..<12, with: $0) }
    return copy
  }

  private mutating func align() {
    while bytes.count % 4 != 0 { bytes.append(0) }
  }
}
