/// One setting of a detector: its key, kind, range, default and meaning. `flatline detectors` prints it, and
/// policy files are checked against it.
public struct SettingDescription: Sendable, Hashable {
  /// The kind of a value and its range.
  @nonexhaustive
  public enum Kind: Sendable, Hashable {
    /// A duration in this range, written as a text with a unit.
    case duration(ClosedRange<Duration>)
    /// A whole number in this range.
    case integer(ClosedRange<Int>)
    /// A number in this range.
    case number(ClosedRange<Double>)
    /// True or false.
    case flag
    /// One of these texts.
    case choice([String])
    /// Any text on one line of at most so many bytes in UTF-8: an address, a path.
    case text(upTo: Int)
  }

  /// The name of the setting in a policy.
  public let key: String
  /// The kind of its value and its range.
  public let kind: Kind
  /// The value where a policy gives none.
  public let standard: SettingValue
  /// One sentence.
  public let summary: String

  private init(_ key: String, _ kind: Kind, _ standard: SettingValue, _ summary: String) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.summary = summary
  }

  /// A setting that is a duration: its key, its default, what is allowed, what it means.
  public static func duration(
    _ key: String, _ standard: Duration, in range: ClosedRange<Duration>, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .duration(range), .duration(standard), summary)
  }

  /// A setting that is a whole number: its key, its default, what is allowed, what it means.
  public static func integer(
    _ key: String, _ standard: Int, in range: ClosedRange<Int>, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .integer(range), .integer(standard), summary)
  }

  /// A setting that is a number: its key, its default, what is allowed, what it means.
  public static func number(
    _ key: String, _ standard: Double, in range: ClosedRange<Double>, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .number(range), .number(standard), summary)
  }

  /// A setting that is true or false: its key, its default, what it means.
  public static func flag(_ key: String, _ standard: Bool, _ summary: String) -> SettingDescription {
    SettingDescription(key, .flag, .flag(standard), summary)
  }

  /// A setting that is one of several texts: its key, its default, what is allowed, what it means.
  public static func choice(
    _ key: String, _ standard: String, of choices: [String], _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .choice(choices), .text(standard), summary)
  }

  /// A setting that is any text on one line: its key, its default, the most bytes in UTF-8, what it means.
  public static func text(
    _ key: String, _ standard: String, upTo limit: Int = 1024, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .text(upTo: limit), .text(standard), summary)
  }

  /// The allowed values as text: `a duration from 1ms to 1h`.
  public var allowed: String {
    switch kind {
    case .duration(let range):
      "a duration from \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true or false"
    case .choice(let choices): "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
    case .text(let limit): "a text on one line of at most \(limit) bytes"
    }
  }

  /// Whether a value is of this kind and in its range.
  public func accepts(_ value: SettingValue) -> Bool {
    switch (kind, value) {
    case (.duration(let range), .text(let text)): DurationText.duration(text).map(range.contains) ?? false
    case (.integer(let range), .number(let number)): Int(exactly: number).map(range.contains) ?? false
    case (.number(let range), .number(let number)): range.contains(number)
    case (.flag, .flag): true
    case (.choice(let choices), .text(let text)): choices.contains(text)
    case (.text(let limit), .text(let text)):
      text.utf8.count <= limit && !text.unicodeScalars.contains(where: SettingDescription.breaksLine)
    default: false
    }
  }

  /// A control character, or a line end of Unicode's: messages stay on one line.
  private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
  }
}
