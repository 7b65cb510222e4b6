/// Completion in zsh (zshcompsys(1)).
enum ZshCompletion {
  static func script(_ commands: [CommandDescription]) -> String {
    """
    #compdef flatline
    # flatline in zsh
    _flatline_policies() {
      local -a names
      names=(${(f)"$(\(CompletionShell.policyNames))"})
      compadd -a names
    }
    _flatline() {
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
    \(commands.map(arguments).joined(separator: "\n"))
        help) _arguments ':COMMAND:(\(commands.map(\.name).joined(separator: " ")))' ;;
      esac
    }
    if [ "$funcstack[1]" = _flatline ]; then _flatline "$@"; else compdef _flatline flatline; fi
    """
  }

  private static func arguments(_ command: CommandDescription) -> String {
    let options = command.options.map { option in
      let head = (option.isRepeatable ? "*" : "") + "\(option.name)[\(plain(option.summary))]"
      return option.value.map { head + ":\(plain($0)):\(action(option.completion))" } ?? head
    }
    let operands = command.operands.map { operand in
      (operand.isRequired ? ":" : "::") + "\(plain(operand.name)):\(action(operand.completion))"
    }
    let words = (options + ["--help[Explain the command.]"] + operands).map(\.shellQuoted)
    return "    \(command.name)) _arguments \(words.joined(separator: " ")) ;;"
  }

  private static func action(_ completion: Completion) -> String {
    switch completion {
    case .nothing: " "
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .policies(let orFiles): orFiles ? "{_flatline_policies; _files}" : "_flatline_policies"
    }
  }

  /// The text without characters that `_arguments` interprets.
  private static func plain(_ text: String) -> String {
    var plain = ""
    for character in text { plain += ":[]\\".contains(character) ? "\\\(character)" : String(character) }
    return plain
  }
}
