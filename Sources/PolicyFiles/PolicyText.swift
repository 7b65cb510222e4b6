import FlatlineCore
import FoundationEssentials

/// The text of a policy file before it is a policy: bounded, shallow, valid JSON5 (https://spec.json5.org).
public enum PolicyText {
  /// The largest policy file, in bytes. The largest named policy has about two thousand.
  public static let largest = 1 << 20

  static func parse(_ bytes: [UInt8]) throws(PolicyError) -> JSONValue {
    let allowed = "a policy: a JSON object, comments allowed"
    guard bytes.count <= largest else {
      throw PolicyError(at: "size", found: "more than \(largest) bytes", allowed: "at most \(largest) bytes")
    }
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw PolicyError(at: "line 1", found: "an empty file", allowed: allowed)
    }
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw PolicyError(at: "line 1", found: "bytes that are not UTF-8 text", allowed: allowed)
    }
    try checkDepth(bytes)
    let decoder = JSONDecoder()
    // What Flatline itself writes is plain JSON, and Foundation's JSON5 does not take all of it (\u0000).
    if let value = try? decoder.decode(JSONValue.self, from: Data(bytes)) { return value }
    decoder.allowsJSON5 = true
    do {
      return try decoder.decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw PolicyError(
        at: JSONErrorLocator.place(in: bytes), found: "text that is not JSON", allowed: allowed)
    }
  }

  static func print(_ value: JSONValue) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Encoding fails only for numbers that are not finite, which no checked policy holds.
    guard let data = try? encoder.encode(value) else { return "null" }
    return String(decoding: data, as: UTF8.self)
  }

  /// Counts brackets outside of strings and comments, so that no depth of nesting reaches the parser's stack.
  private static func checkDepth(_ bytes: [UInt8]) throws(PolicyError) {
    // A level of rules is at most an object in a list in an object, as weighted rules are.
    let deepest = 3 * Policy.deepestRule + 8
    var depth = 0
    var line = 1
    var quote: UInt8?
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      if byte == UInt8(ascii: "\n") { line += 1 }
      if let open = quote {
        if byte == UInt8(ascii: "\\") { index += 1 } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "/") {
        while index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "\n") { index += 1 }
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        index += 2
        while index + 1 < bytes.count,
          bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/")
        {
          if bytes[index] == UInt8(ascii: "\n") { line += 1 }
          index += 1
        }
        index += 1
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        depth += 1
        guard depth <= deepest else {
          throw PolicyError(
            at: "line \(line)", found: "brackets nested deeper than \(deepest)",
            allowed: "rules nested at most \(Policy.deepestRule) deep")
        }
      } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
        depth -= 1
      }
      index += 1
    }
  }
}
