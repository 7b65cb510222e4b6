/// One setting of a detector: its key, kind, range, default and meaning. `flatline detectors` prints it, and
/// policy files are checked against it.
public struct SettingDescription: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case duration(ClosedRange<Duration>)
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case flag
    case choice([String])
  }

  public let key: String
  public let kind: Kind
  public let standard: SettingValue
  /// One sentence.
  public let summary: String

  private init(_ key: String, _ kind: Kind, _ standard: SettingValue, _ summary: String) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.summary = summary
  }

  public static func duration(
    _ key: String, _ standard: Duration, in range: ClosedRange<Duration>, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .duration(range), .duration(standard), summary)
  }

  public static func integer(
    _ key: String, _ standard: Int, in range: ClosedRange<Int>, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .integer(range), .integer(standard), summary)
  }

  public static func number(
    _ key: String, _ standard: Double, in range: ClosedRange<Double>, _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .number(range), .number(standard), summary)
  }

  public static func flag(_ key: String, _ standard: Bool, _ summary: String) -> SettingDescription {
    SettingDescription(key, .flag, .flag(standard), summary)
  }

  public static func choice(
    _ key: String, _ standard: String, of choices: [String], _ summary: String
  ) -> SettingDescription {
    SettingDescription(key, .choice(choices), .text(standard), summary)
  }

  /// What values are allowed, in words: `a duration from 1ms to 1h`.
  public var allowed: String {
    switch kind {
    case .duration(let range):
      "a duration from \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .flag: "true or false"
    case .choice(let choices): "one of " + choices.map { "\"\($0)\"" }.joined(separator: ", ")
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
    default: false
    }
  }
}
