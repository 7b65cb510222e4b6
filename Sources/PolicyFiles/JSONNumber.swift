/// The numbers of JSON5: those of JSON, and hexadecimal ones, a leading sign, no digits before or after the point,
/// infinity, and not-a-number.
enum JSONNumber {
  /// `nil` if the word is no number.
  static func value(of word: String) -> Double? {
    var digits = Substring(word)
    let isNegative = digits.first == "-"
    if isNegative || digits.first == "+" { digits.removeFirst() }
    return magnitude(digits).map { isNegative ? -$0 : $0 }
  }

  private static func magnitude(_ word: Substring) -> Double? {
    if word == "Infinity" { return .infinity }
    if word == "NaN" { return .nan }
    if word.hasPrefix("0x") || word.hasPrefix("0X") {
      let digits = word.dropFirst(2)
      guard !digits.isEmpty, digits.utf8.allSatisfy(isHexadecimal) else { return nil }
      return digits.reduce(0) { $0 * 16 + Double($1.hexDigitValue ?? 0) }
    }
    guard isDecimal(word) else { return nil }
    return Double(word)
  }

  /// Digits with a point before, among or after them, and an optional exponent. A leading zero stands alone.
  private static func isDecimal(_ word: Substring) -> Bool {
    let parts = word.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    if parts.count == 2 {
      let exponent = parts[1].first == "-" || parts[1].first == "+" ? parts[1].dropFirst() : parts[1]
      guard isDigits(exponent) else { return false }
    }
    let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard !mantissa.allSatisfy(\.isEmpty), mantissa.allSatisfy({ $0.isEmpty || isDigits($0) }) else {
      return false
    }
    return !(mantissa[0].count > 1 && mantissa[0].hasPrefix("0"))
  }

  private static func isDigits(_ word: Substring) -> Bool {
    !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) }
  }

  static func isHexadecimal(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
  }
}
