/// Durations as policy files and flags spell them: a number and a unit, `"250ms"`, `"2s"`, `"1.5h"`.
public enum DurationText {
  /// Units from the longest, in nanoseconds.
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000),
    ("ns", 1),
  ]

  /// 100 years, in nanoseconds.
  private static let longest: Int64 = 3_155_760_000_000_000_000

  /// The allowed values, for messages.
  public static let allowed = "a duration such as \"250ms\": a number and one of ns, us, ms, s, m, h"

  /// Reads a duration of at least 0 and at most 100 years, in whole nanoseconds; `nil` for anything else.
  public static func duration(_ text: String) -> Duration? {
    // "ms" also ends in "s": take the longest unit that fits.
    let fitting = units.filter { text.hasSuffix($0.name) }
    guard let unit = fitting.max(by: { $0.name.utf8.count < $1.name.utf8.count }) else { return nil }
    let parts = text.dropLast(unit.name.count).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = parts.first, !whole.isEmpty, whole.utf8.allSatisfy(isDigit),
      let count = Int64(whole)
    else { return nil }
    let (nanoseconds, overflow) = count.multipliedReportingOverflow(by: unit.nanoseconds)
    guard !overflow, nanoseconds <= longest else { return nil }
    guard parts.count == 2 else { return .nanoseconds(nanoseconds) }

    // The fraction must come to whole nanoseconds, so that reading and writing are exact.
    let digits = parts[1]
    guard !digits.isEmpty, digits.utf8.count <= 15, digits.utf8.allSatisfy(isDigit),
      let numerator = Int128(digits)
    else { return nil }
    let scale = digits.utf8.reduce(Int128(1)) { scale, _ in scale * 10 }
    let scaled = numerator * Int128(unit.nanoseconds)
    guard scaled % scale == 0 else { return nil }
    let sum = nanoseconds + Int64(scaled / scale)
    return sum <= longest ? .nanoseconds(sum) : nil
  }

  /// Writes a duration, in the longest unit that gives a whole number.
  public static func text(_ duration: Duration) -> String {
    let nanoseconds = duration.clampedNanoseconds
    guard nanoseconds != 0 else { return "0s" }
    let unit = units.first { nanoseconds % $0.nanoseconds == 0 } ?? ("ns", 1)
    return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
