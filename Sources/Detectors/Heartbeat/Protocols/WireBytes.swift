/// Reads and writes of bytes that several protocols share.
enum WireBytes {
  /// The number as `count` bytes, most significant first.
  static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// The number in these bytes, most significant first; only the last eight count.
  static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// An unsigned number in digits, or `nil` when there is anything else or it needs more than 64 bits.
  static func digits(_ bytes: some Collection<UInt8>, radix: UInt64 = 10) -> UInt64? {
    guard !bytes.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      let digit: UInt8
      switch byte {
      case 0x30...0x39: digit = byte - 0x30
      case 0x41...0x46: digit = byte - 0x41 + 10
      case 0x61...0x66: digit = byte - 0x61 + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      guard !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }

  /// Text from a peer as one line of a message: bounded and without control characters.
  static func printable(_ bytes: some Sequence<UInt8>, limit: Int = 160) -> String {
    var text = ""
    for scalar in String(decoding: Array(bytes.prefix(limit)), as: UTF8.self).unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      let isSeparator = scalar.value == 0x2028 || scalar.value == 0x2029
      text.unicodeScalars.append(isControl || isSeparator ? "?" : scalar)
    }
    return text
  }

  /// "0x1f"
  static func hex(_ byte: UInt8) -> String {
    (byte < 0x10 ? "0x0" : "0x") + String(byte, radix: 16)
  }

  /// Drops up to `count` bytes from the front, and returns how many are still to come.
  static func skip(_ count: UInt64, of bytes: inout ArraySlice<UInt8>) -> UInt64 {
    let taken = Int(clamping: min(count, UInt64(bytes.count)))
    bytes = bytes.dropFirst(taken)
    return count - UInt64(taken)
  }

  /// Moves bytes from the front into `held` until it has `count`, and returns whether it has.
  static func fill(_ held: inout [UInt8], to count: Int, from bytes: inout ArraySlice<UInt8>) -> Bool {
    let taken = bytes.prefix(max(0, count - held.count))
    held += taken
    bytes = bytes.dropFirst(taken.count)
    return held.count >= count
  }
}
