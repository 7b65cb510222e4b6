/// The value of one setting, as a policy file has it. Durations are texts such as `"250ms"`.
@nonexhaustive
public enum SettingValue: Sendable, Hashable {
  /// A text; durations are texts too.
  case text(String)
  /// A number, whole or not.
  case number(Double)
  /// True or false.
  case flag(Bool)

  /// A duration as the text that policy files have.
  public static func duration(_ duration: Duration) -> SettingValue { .text(DurationText.text(duration)) }
  /// A whole number.
  public static func integer(_ integer: Int) -> SettingValue { .number(Double(integer)) }
}

extension SettingValue: CustomStringConvertible {
  /// The value as a short text on one line, for messages.
  var found: String {
    if case .text(let text) = self { PolicyError.quoted(text) } else { description }
  }

  /// As a policy file would spell it.
  public var description: String {
    switch self {
    case .text(let text): "\"\(text)\""
    case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
    case .flag(let flag): String(flag)
    }
  }
}
