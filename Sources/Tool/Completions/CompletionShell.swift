/// The shells that can complete our arguments; the scripts use the descriptions that also parse the arguments.
enum CompletionShell: String, CaseIterable {
  case bash, zsh, fish

  /// The whole script, without its last line end.
  ///
  /// - Parameters:
  ///   - program: the name that a user types.
  ///   - commands: its commands.
  func script(of program: String, for commands: [CommandDescription]) -> String {
    switch self {
    case .bash: BashCompletion.script(program, commands)
    case .zsh: ZshCompletion.script(program, commands)
    case .fish: FishCompletion.script(program, commands)
    }
  }

  /// Lists the policies at completion time, one a line.
  ///
  /// - Parameter program: how the shell calls the program that is completed.
  static func policyNames(_ program: String) -> String {
    "\(program) policies 2>/dev/null | awk '{ print $1 }'"
  }
}

extension String {
  /// In single quotes, for every shell.
  var shellQuoted: String {
    "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
