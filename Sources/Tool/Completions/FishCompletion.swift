/// Completion in fish (complete(1) of fish).
enum FishCompletion {
  static func script(_ program: String, _ commands: [CommandDescription]) -> String {
    let complete = "complete -c \(program.shellQuoted)"
    let names = commands.map(\.name) + ["help"]
    let isFirst = "not __fish_seen_subcommand_from \(names.joined(separator: " "))".shellQuoted
    var lines = ["# \(program) in fish", "\(complete) -f"]
    lines += commands.map { "\(complete) -n \(isFirst) -a \($0.name) -d \($0.summary.shellQuoted)" }
    lines.append("\(complete) -n \(isFirst) -a help -d 'Explain a command.'")
    lines.append("\(complete) -n \(isFirst) -l version -d 'Print the version.'")
    lines.append("\(complete) -l help -d 'Explain the command.'")
    lines.append(
      "\(complete) -n '__fish_seen_subcommand_from help' -a "
        + commands.map(\.name).joined(separator: " ").shellQuoted)
    for command in commands {
      let isThis = "__fish_seen_subcommand_from \(command.name)".shellQuoted
      for option in command.options {
        let value = option.value == nil ? "" : value(option.completion)
        lines.append(
          "\(complete) -n \(isThis) -l \(option.name.dropFirst(2)) -d \(option.summary.shellQuoted)\(value)"
        )
      }
      for operand in command.operands where operand.completion != .nothing {
        lines.append("\(complete) -n \(isThis)\(arguments(operand.completion))")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Offers files only where files are allowed.
  private static func value(_ completion: Completion) -> String {
    let words = arguments(completion)
    return (words.hasSuffix(" -F") ? " -r" : " -x") + words
  }

  private static func arguments(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ""
    case .files: " -F"
    case .words(let words): " -a \(words.joined(separator: " ").shellQuoted)"
    case .policies(let orFiles):
      " -a \("(\(CompletionShell.policyNames("eval (commandline -opc)[1]")))".shellQuoted)"
        + (orFiles ? " -F" : "")
    }
  }
}
