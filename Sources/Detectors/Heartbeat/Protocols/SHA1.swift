/// SHA-1 (RFC 3174), for the WebSocket handshake alone. It gives no security.
enum SHA1 {
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    padded += WireBytes.bigEndian(UInt64(message.count) &* 8)

    var hash: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
    for start in stride(from: 0, to: padded.count, by: 64) {
      let block = block(padded[start..<start + 64], after: hash)
      hash = zip(hash, block).map { $0 &+ $1 }
    }
    return hash.flatMap { WireBytes.bigEndian($0) }
  }

  private static func block(_ bytes: ArraySlice<UInt8>, after hash: [UInt32]) -> [UInt32] {
    var words = (0..<16).map { word in
      UInt32(truncatingIfNeeded: WireBytes.number(bytes.dropFirst(word * 4).prefix(4)))
    }
    for t in 16..<80 {
      words.append(rotated(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], by: 1))
    }
    var (a, b, c, d, e) = (hash[0], hash[1], hash[2], hash[3], hash[4])
    for (t, word) in words.enumerated() {
      let (mix, constant): (UInt32, UInt32) =
        switch t {
        case ..<20: (b & c | ~b & d, 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = rotated(a, by: 5) &+ mix &+ e &+ word &+ constant
      (a, b, c, d, e) = (next, a, rotated(b, by: 30), c, d)
    }
    return [a, b, c, d, e]
  }

  private static func rotated(_ word: UInt32, by bits: UInt32) -> UInt32 {
    word << bits | word >> (32 - bits)
  }
}
