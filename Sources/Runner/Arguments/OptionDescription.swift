/// An option of a command: a flag, or a name with a value.
struct OptionDescription {
  /// With its dashes: `--policy`.
  let name: String
  /// What the value is called in help; `nil` for a flag.
  let value: String?
  /// One sentence.
  let summary: String

  init(_ name: String, _ value: String? = nil, _ summary: String) {
    self.name = name
    self.value = value
    self.summary = summary
  }

  var usage: String { value.map { "\(name) \($0)" } ?? name }
}
