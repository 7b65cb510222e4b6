/// The shells that can complete our arguments; the scripts use the descriptions that also parse the arguments.
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

  /// Lists the policies at completion time, one a line.
  static let policyNames = "flatline policies 2>/dev/null | awk '{ print $1 }'"
}

extension String {
  /// In single quotes, for every shell.
  var shellQuoted: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
