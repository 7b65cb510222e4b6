import Flatline

/// The arguments of a command, sorted into operands, options and flags.
struct Arguments {
  private(set) var operands: [String] = []
  /// All arguments, as given.
  let words: [String]
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  /// - Throws: for an unknown, repeated or incomplete option, and for operands too many or too few.
  init(_ words: [String], for command: CommandDescription) throws(CommandError) {
    self.words = words
    var rest = words[...]
    var isOver = false
    while let word = rest.popFirst() {
      if isOver || word == "-" || !word.hasPrefix("-") {
        operands.append(word)
      } else if word == "--" {
        isOver = true
      } else {
        try take(word, &rest, command)
      }
    }
    try checkOperands(command)
  }

  /// Whether any argument before `--` asks for help.
  static func asksForHelp(_ words: [String]) -> Bool {
    words.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  func has(_ flag: String) -> Bool { flags.contains(flag) }

  /// Whether a flag is the only argument.
  func isAlone(_ flag: String) -> Bool { has(flag) && words.count == 1 }

  /// The value of an option as a text.
  func text(_ option: String) -> String? { values[option]?.first }

  /// The values of an option that may be repeated.
  func texts(_ option: String) -> [String] { values[option] ?? [] }

  /// The value of an option, converted by `read`.
  func value<Value>(
    _ option: String, allowed: String, _ read: (String) -> Value?
  ) throws(CommandError) -> Value? {
    guard let text = text(option) else { return nil }
    guard let value = read(text) else {
      throw .usage(option, found: "\"\(PolicyError.plain(text))\"", allowed: allowed)
    }
    return value
  }

  private mutating func take(
    _ word: String, _ rest: inout ArraySlice<String>, _ command: CommandDescription
  ) throws(CommandError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let plainName = PolicyError.plain(name)
    guard let option = command.options.first(where: { $0.name == name }) else {
      let names = command.options.map(\.name) + ["--help"]
      throw .usage(
        plainName, found: "an unknown option", allowed: names.joined(separator: ", "),
        suggestion: NearestName.of(name, in: names))
    }
    guard option.isRepeatable || values[name] == nil, !flags.contains(name) else {
      throw .usage(name, found: "the option twice", allowed: "once")
    }
    guard let valueName = option.value else {
      guard parts.count == 1 else { throw .usage(name, found: "a value", allowed: "\(name) alone") }
      flags.insert(name)
      return
    }
    var value = ""
    if parts.count == 2 {
      value = String(parts[1])
    } else if let next = rest.first, !next.hasPrefix("--") {
      value = next
      rest.removeFirst()
    }
    guard !value.isEmpty else { throw .usage(name, found: "no value", allowed: "\(name) \(valueName)") }
    values[name, default: []].append(value)
  }

  private func checkOperands(_ command: CommandDescription) throws(CommandError) {
    if operands.count > command.operands.count {
      throw .usage(
        "the arguments", found: "\"\(PolicyError.plain(operands[command.operands.count]))\" too many",
        allowed: command.usage)
    }
    for operand in command.operands.dropFirst(operands.count) where operand.isRequired {
      throw .usage(operand.name, found: "nothing", allowed: command.usage)
    }
  }
}
