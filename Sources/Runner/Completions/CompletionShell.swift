/// The shells that can complete our words, made of the descriptions that the arguments are parsed by.
enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  /// The whole script, without its last line end.
  func script(for commands: [CommandDescription]) -> String {
    switch self {
    case .bash: BashCompletion.script(commands)
    case .zsh: ZshCompletion.script(commands)
    case .fish: FishCompletion.script(commands)
    }
  }

  /// Asks for the policies there are, one a line, at the time of completion.
  static let policyNames = "flatline policies 2>/dev/null | awk '{ print $1 }'"
}

extension String {
  /// In single quotes, for every shell.
  var shellQuoted: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
