import FlatlineCore

/// Finds where a text stops being JSON5, for a message: Foundation's parser refuses a text without saying where.
///
/// It accepts whatever it is not sure of. Nesting must have been bounded before.
struct JSONErrorLocator {
  private let bytes: [UInt8]
  private var index = 0

  /// Where the text goes wrong, in words; its end, if nothing before is wrong.
  static func place(in bytes: [UInt8]) -> String {
    var locator = JSONErrorLocator(bytes: bytes)
    if locator.skipValue() { locator.skipSpace() }
    let before = bytes[..<min(locator.index, bytes.count)]
    let newline = UInt8(ascii: "\n")
    let line = 1 + before.count { $0 == newline }
    let column = 1 + before.count - (before.lastIndex(of: newline).map { $0 + 1 } ?? 0)
    return "line \(line), column \(column)"
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard byte == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  /// Spaces and comments.
  private mutating func skipSpace() {
    while let byte {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if byte <= 0x20 {
        index += 1
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
        while let byte = self.byte, byte != UInt8(ascii: "\n") { index += 1 }
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        index += 2
        while index < bytes.count, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
        index = min(index + 2, bytes.count)
      } else {
        return
      }
    }
  }

  /// Each of these goes past what it names and says so, or stops where that goes wrong.
  private mutating func skipValue() -> Bool {
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return skipList(closing: "}") { $0.skipMember() }
    case UInt8(ascii: "["): return skipList(closing: "]") { $0.skipValue() }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return skipString()
    default:
      let start = index
      let word = takeWord()
      let first = word.utf8.first ?? 0
      let isNumber = (48...57).contains(first) || "+-.".utf8.contains(first)
      if isNumber || ["true", "false", "null", "Infinity", "NaN"].contains(word) { return true }
      index = start
      return false
    }
  }

  private mutating func skipList(
    closing end: Unicode.Scalar, _ skipPart: (inout JSONErrorLocator) -> Bool
  ) -> Bool {
    index += 1
    while true {
      if take(end) { return true }
      guard skipPart(&self) else { return false }
      if take(",") { continue }
      return take(end)
    }
  }

  private mutating func skipMember() -> Bool {
    skipSpace()
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      guard skipString() else { return false }
    } else if takeWord().isEmpty {
      return false
    }
    return take(":") && skipValue()
  }

  private mutating func skipString() -> Bool {
    let start = index
    let quote = byte
    index += 1
    while let byte, byte != UInt8(ascii: "\n") {
      if byte == quote {
        index += 1
        return true
      }
      index += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    // Where it began says more than where it should have ended.
    index = start
    return false
  }

  private mutating func takeWord() -> String {
    let start = index
    while let byte, byte > 0x20, !",:{}[]\"'/".utf8.contains(byte) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}
