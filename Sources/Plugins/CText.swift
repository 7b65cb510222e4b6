import FlatlineCore
import Glibc

/// Texts of C, read with a bound.
enum CText {
  /// The text at a pointer: not empty, of at most `most` bytes, UTF-8, on one line.
  static func text(
    _ pointer: UnsafePointer<CChar>?, at place: String, most: Int
  ) throws(PluginError) -> String {
    let allowed = "a text of 1 to \(most) bytes of UTF-8 on one line"
    guard let pointer else { throw PluginError(at: place, found: "NULL", allowed: allowed) }
    let count = strnlen(pointer, most + 1)
    guard count > 0 else { throw PluginError(at: place, found: "an empty text", allowed: allowed) }
    guard count <= most else { throw PluginError(at: place, found: "a longer text", allowed: allowed) }
    guard let text = line(UnsafeRawBufferPointer(start: pointer, count: count)) else {
      throw PluginError(at: place, found: "other bytes", allowed: allowed)
    }
    return text
  }

  /// The name of a detector or a protocol.
  static func name(_ pointer: UnsafePointer<CChar>?, at place: String) throws(PluginError) -> String {
    let most = 64
    let allowed = "a to z, 0 to 9 and \"-\", beginning with a letter, at most \(most) characters"
    guard let pointer else { throw PluginError(at: place, found: "NULL", allowed: allowed) }
    let bytes = UnsafeRawBufferPointer(start: pointer, count: strnlen(pointer, most + 1))
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard bytes.count <= most, let first = bytes.first, letters.contains(first),
      bytes.allSatisfy({ letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") })
    else {
      throw PluginError(
        at: place, found: PolicyError.quoted(String(decoding: bytes, as: UTF8.self)), allowed: allowed)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text in a fixed array of C; `nil` if it does not end in the array, is not UTF-8 or is not on one line.
  static func text<Array>(in array: borrowing Array) -> String? {
    withUnsafeBytes(of: array) { bytes in
      guard let end = bytes.firstIndex(of: 0) else { return nil }
      return line(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
    }
  }

  /// Puts a text into a fixed array of C, cut at its end and terminated.
  static func put<Array>(_ text: String, in array: inout Array) {
    withUnsafeMutableBytes(of: &array) { bytes in
      var count = 0
      for byte in text.utf8.prefix(bytes.count - 1) {
        bytes[count] = byte
        count += 1
      }
      bytes[count] = 0
    }
  }

  private static func line(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
