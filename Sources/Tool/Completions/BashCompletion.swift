/// Completion in bash (bash(1), Programmable Completion).
enum BashCompletion {
  static func script(_ program: String, _ commands: [CommandDescription]) -> String {
    let names = commands.map(\.name)
    let function = "_" + ProgramName.identifier(program)
    return """
      # \(program) in bash
      \(function)() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
        local program=${COMP_WORDS[0]/#'~/'/$HOME/}
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY=($(compgen -W '\(names.joined(separator: " ")) help --help --version' -- "$word"))
          return
        fi
        case "${COMP_WORDS[1]} $before" in
      \(options(commands).joined(separator: "\n"))
        esac
        if [[ $word == -* ]]; then
          case "${COMP_WORDS[1]}" in
      \(commands.map(flags).joined(separator: "\n"))
          esac
          return
        fi
        case "${COMP_WORDS[1]}" in
          help) COMPREPLY=($(compgen -W '\(names.joined(separator: " "))' -- "$word")) ;;
      \(operands(commands).joined(separator: "\n"))
        esac
      }
      complete -o bashdefault -F \(function) \(program.shellQuoted)
      """
  }

  /// The completions after an option that takes a value.
  private static func options(_ commands: [CommandDescription]) -> [String] {
    commands.flatMap { command in
      command.options.filter { $0.value != nil }.map { option in
        "    '\(command.name) \(option.name)') \(reply(option.completion)); return ;;"
      }
    }
  }

  private static func flags(_ command: CommandDescription) -> String {
    let words = (command.options.map(\.name) + ["--help"]).joined(separator: " ")
    return "      \(command.name)) COMPREPLY=($(compgen -W '\(words)' -- \"$word\")) ;;"
  }

  private static func operands(_ commands: [CommandDescription]) -> [String] {
    commands.compactMap { command in
      command.operands.first.map { "    \(command.name)) \(reply($0.completion)) ;;" }
    }
  }

  private static func reply(_ completion: Completion) -> String {
    switch completion {
    case .nothing: "COMPREPLY=()"
    case .files: "COMPREPLY=($(compgen -f -- \"$word\"))"
    case .words(let words): "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\"))"
    case .policies(let orFiles):
      "COMPREPLY=($(compgen -W \"$(\(CompletionShell.policyNames("\"$program\"")))\" -- \"$word\")"
        + (orFiles ? " $(compgen -f -- \"$word\"))" : ")")
    }
  }
}
