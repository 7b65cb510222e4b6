import FlatlineCore

/// Reads a JSON5 text (https://spec.json5.org) as a value, or reports where it becomes invalid.
struct JSONReader {
  static let allowed = "a policy: a JSON object, comments allowed"
  /// A level of rules is at most an object in a list in an object, as weighted rules are. No depth of nesting reaches
  /// the end of the stack.
  private static let deepest = 3 * Policy.deepestRule + 8

  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0

  /// - Parameter bytes: UTF-8.
  static func value(of bytes: [UInt8]) throws(PolicyError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    let value = try reader.value()
    reader.skipSpace()
    guard reader.index == bytes.count else { throw reader.failure(at: reader.index) }
    return value
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  // MARK: Places

  private func failure(at index: Int) -> PolicyError {
    PolicyError(at: place(of: index), found: "text that is not JSON", allowed: JSONReader.allowed)
  }

  private func place(of index: Int) -> String {
    let before = bytes[..<min(index, bytes.count)]
    let newline = UInt8(ascii: "\n")
    let line = 1 + before.count { $0 == newline }
    let column = 1 + before.count - (before.lastIndex(of: newline).map { $0 + 1 } ?? 0)
    return "line \(line), column \(column)"
  }

  // MARK: Bytes

  private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func starts(with text: StaticString, at index: Int) -> Bool {
    text.withUTF8Buffer { index <= bytes.count && bytes[index...].starts(with: $0) }
  }

  /// Skips the text, if it is next.
  private mutating func take(_ text: StaticString) -> Bool {
    guard starts(with: text, at: index) else { return false }
    index += text.utf8CodeUnitCount
    return true
  }

  /// Skips a line's end, if it is next.
  private mutating func takeLineEnd() -> Bool {
    take("\r\n") || take("\n") || take("\r") || take("\u{2028}") || take("\u{2029}")
  }

  /// Skips spaces and comments. A comment without an end is not skipped.
  private mutating func skipSpace() {
    while let byte {
      let start = index
      if byte <= 0x20 {
        index += 1
      } else if take("//") {
        while index < bytes.count, !takeLineEnd() { index += 1 }
      } else if take("/*") {
        while index < bytes.count, !starts(with: "*/", at: index) { index += 1 }
        guard take("*/") else {
          index = start
          return
        }
      } else if !(take("\u{FEFF}") || take("\u{A0}") || takeLineEnd()) {
        return
      }
    }
  }

  // MARK: Values

  private mutating func value() throws(PolicyError) -> JSONValue {
    skipSpace()
    switch byte {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
    default:
      let start = index
      switch takeWord() {
      case "true": return .bool(true)
      case "false": return .bool(false)
      case "null": return .null
      case let word:
        guard let number = JSONNumber.value(of: word) else { throw failure(at: start) }
        return .number(number)
      }
    }
  }

  private mutating func object() throws(PolicyError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    try list(closing: "}") { (reader) throws(PolicyError) in
      let start = reader.index
      let isQuoted = reader.byte == UInt8(ascii: "\"") || reader.byte == UInt8(ascii: "'")
      let key = isQuoted ? try reader.string() : reader.takeWord()
      guard isQuoted || JSONReader.isName(key) else { throw reader.failure(at: start) }
      guard members[key] == nil else {
        throw PolicyError(
          at: reader.place(of: start), found: "the key \(PolicyError.quoted(key)) twice", allowed: "once")
      }
      reader.skipSpace()
      guard reader.take(":") else { throw reader.failure(at: reader.index) }
      members[key] = try reader.value()
    }
    return members
  }

  private mutating func array() throws(PolicyError) -> [JSONValue] {
    var values: [JSONValue] = []
    try list(closing: "]") { (reader) throws(PolicyError) in values.append(try reader.value()) }
    return values
  }

  /// Reads parts with commas between them, and an optional comma after the last.
  private mutating func list(
    closing end: StaticString, _ readPart: (inout JSONReader) throws(PolicyError) -> Void
  ) throws(PolicyError) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= JSONReader.deepest else {
      throw PolicyError(
        at: place(of: index), found: "brackets nested deeper than \(JSONReader.deepest)",
        allowed: "rules nested at most \(Policy.deepestRule) deep")
    }
    index += 1
    while true {
      skipSpace()
      if take(end) { return }
      try readPart(&self)
      skipSpace()
      if take(",") { continue }
      guard take(end) else { throw failure(at: index) }
      return
    }
  }

  /// A number, a literal or a key without quotes: all up to a space or a sign.
  private mutating func takeWord() -> String {
    let start = index
    while let byte, byte > 0x20, !",:{}[]\"'/\\".utf8.contains(byte) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// An ECMAScript identifier, but for escapes.
  private static func isName(_ word: String) -> Bool {
    guard let first = word.unicodeScalars.first else { return false }
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isIDContinue || "$_\u{200C}\u{200D}".unicodeScalars.contains(scalar)
    }
    return (first.properties.isIDStart || first == "$" || first == "_")
      && word.unicodeScalars.allSatisfy(isPart)
  }

  // MARK: Texts

  private mutating func string() throws(PolicyError) -> String {
    let start = index
    let quote = byte
    index += 1
    var text: [UInt8] = []
    while let byte, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
      index += 1
      if byte == quote { return String(decoding: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\") {
        guard try takeEscape(into: &text) else { break }
      } else {
        text.append(byte)
      }
    }
    // The place where it began helps more than the place where it should have ended.
    throw failure(at: start)
  }

  /// Reads the rest of an escape, after its backslash. False at the end of the file.
  private mutating func takeEscape(into text: inout [UInt8]) throws(PolicyError) -> Bool {
    let start = index - 1
    if takeLineEnd() { return true }
    guard let byte else { return false }
    index += 1
    switch byte {
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "v"): text.append(0x0B)
    case UInt8(ascii: "x"), UInt8(ascii: "u"):
      guard let scalar = takeScalar(digits: byte == UInt8(ascii: "x") ? 2 : 4) else {
        throw failure(at: start)
      }
      text += Array(String(Character(scalar)).utf8)
    case UInt8(ascii: "0"):
      if let next = self.byte, (48...57).contains(next) { throw failure(at: start) }
      text.append(0)
    case UInt8(ascii: "1")...UInt8(ascii: "9"): throw failure(at: start)
    default: text.append(byte)
    }
    return true
  }

  /// A code point in hexadecimal digits, or two that are a surrogate pair.
  private mutating func takeScalar(digits: Int) -> Unicode.Scalar? {
    guard let first = takeHexadecimal(digits) else { return nil }
    guard first & 0xFC00 == 0xD800 else { return Unicode.Scalar(first) }
    guard take("\\u"), let second = takeHexadecimal(4), second & 0xFC00 == 0xDC00 else { return nil }
    return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
  }

  private mutating func takeHexadecimal(_ digits: Int) -> UInt32? {
    guard index + digits <= bytes.count else { return nil }
    let word = String(decoding: bytes[index..<index + digits], as: UTF8.self)
    guard word.utf8.allSatisfy(JSONNumber.isHexadecimal) else { return nil }
    index += digits
    return UInt32(word, radix: 16)
  }
}
