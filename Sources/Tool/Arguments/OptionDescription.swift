/// An option of a command: a flag, or a name with a value.
struct OptionDescription {
  /// With its dashes: `--policy`.
  let name: String
  /// The value's name in help; `nil` for a flag.
  let value: String?
  /// One sentence.
  let summary: String
  /// The completions that a shell may offer for the value.
  let completion: Completion
  /// Whether it may be repeated, with another value.
  let isRepeatable: Bool
  /// Whether every command has it: usages leave it out.
  let isCommon: Bool

  /// An option with a value.
  init(
    _ name: String, _ value: String, _ summary: String, completion: Completion = .nothing,
    isRepeatable: Bool = false, isCommon: Bool = false
  ) {
    self.name = name
    self.value = value
    self.summary = summary
    self.completion = completion
    self.isRepeatable = isRepeatable
    self.isCommon = isCommon
  }

  /// A flag.
  init(_ name: String, _ summary: String) {
    self.name = name
    value = nil
    self.summary = summary
    completion = .nothing
    isRepeatable = false
    isCommon = false
  }

  var usage: String { (value.map { "\(name) \($0)" } ?? name) + (isRepeatable ? " ..." : "") }
}
