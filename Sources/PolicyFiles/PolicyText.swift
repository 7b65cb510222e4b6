import FlatlineCore

/// The text of a policy file before it is a policy: bounded, shallow, valid JSON5 (https://spec.json5.org).
public enum PolicyText {
  /// The largest policy file, in bytes. The largest named policy has about two thousand.
  public static let largest = 1 << 20

  static func parse(_ bytes: [UInt8]) throws(PolicyError) -> JSONValue {
    guard bytes.count <= largest else {
      throw PolicyError(at: "size", found: "more than \(largest) bytes", allowed: "at most \(largest) bytes")
    }
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw PolicyError(at: "line 1", found: "an empty file", allowed: JSONReader.allowed)
    }
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw PolicyError(at: "line 1", found: "bytes that are not UTF-8 text", allowed: JSONReader.allowed)
    }
    return try JSONReader.value(of: bytes)
  }
}
