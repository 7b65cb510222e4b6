/// The Internet checksum (RFC 1071).
enum Checksum {
  static func of(_ bytes: some Collection<UInt8>, adding start: UInt32 = 0) -> UInt16 {
    var sum = start
    var isHigh = true
    for byte in bytes {
      sum += isHigh ? UInt32(byte) << 8 : UInt32(byte)
      isHigh.toggle()
    }
    return fold(sum)
  }

  /// The checksum after one 16-bit word of its data has changed (RFC 1624, equation 3).
  static func updated(_ checksum: UInt16, replacing old: UInt16, by new: UInt16) -> UInt16 {
    fold(UInt32(~checksum) + UInt32(~old) + UInt32(new))
  }

  private static func fold(_ sum: UInt32) -> UInt16 {
    var sum = sum
    while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
