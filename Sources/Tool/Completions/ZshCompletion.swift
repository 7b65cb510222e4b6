/// Completion in zsh (zshcompsys(1)).
enum ZshCompletion {
  static func script(_ program: String, _ commands: [CommandDescription]) -> String {
    let function = "_" + ProgramName.identifier(program)
    return """
      #compdef \(program)
      # \(program) in zsh
      \(function)_policies() {
        local -a names
        names=(${(f)"$(\(CompletionShell.policyNames("\"$program\"")))"})
        compadd -a names
      }
      \(function)() {
        local program=${words[1]/#\\~\\//$HOME/}
        local -a commands
        commands=(
      \(commands.map { "    " + "\($0.name):\($0.summary)".shellQuoted }.joined(separator: "\n"))
          'help:Explain a command.'
        )
        if (( CURRENT == 2 )); then
          _describe command commands
          compadd -- --help --version
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in
      \(commands.map { arguments($0, function) }.joined(separator: "\n"))
          help) _arguments ':COMMAND:(\(commands.map(\.name).joined(separator: " ")))' ;;
        esac
      }
      if [ "$funcstack[1]" = \(function) ]; then \(function) "$@"; else compdef \(function) \(program.shellQuoted); fi
      """
  }

  private static func arguments(_ command: CommandDescription, _ function: String) -> String {
    let options = command.options.map { option in
      let head = (option.isRepeatable ? "*" : "") + "\(option.name)[\(plain(option.summary))]"
      return option.value.map { head + ":\(plain($0)):\(action(option.completion, function))" } ?? head
    }
    let operands = command.operands.map { operand in
      (operand.isRequired ? ":" : "::") + "\(plain(operand.name)):\(action(operand.completion, function))"
    }
    let words = (options + ["--help[Explain the command.]"] + operands).map(\.shellQuoted)
    return "    \(command.name)) _arguments \(words.joined(separator: " ")) ;;"
  }

  private static func action(_ completion: Completion, _ function: String) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .policies(let orFiles): orFiles ? "{\(function)_policies; _files}" : "\(function)_policies"
    }
  }

  /// The text without characters that `_arguments` interprets.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for character in text { plain += ":[]\\".contains(character) ? "\\\(character)" : String(character) }
    return plain
  }
}
