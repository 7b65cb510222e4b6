import Flatline

/// `flatline completions`: prints the script with which a shell completes this command's arguments.
struct CompletionsCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "completions",
      summary: "Print the script by which a shell completes this command's words.",
      operands: [.init(name: "SHELL", completion: .words(CompletionShell.allCases.map(\.rawValue)))],
      notes: [
        "SHELL is bash, zsh or fish. To try it in bash: source <(\(surroundings.program) completions bash)",
        "make install puts all three where the shells look for them.",
      ])
  }

  private let shell: CompletionShell
  private let surroundings: ToolSurroundings

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    let name = arguments.operands[0]
    guard let shell = CompletionShell(rawValue: name) else {
      let names = CompletionShell.allCases.map(\.rawValue)
      throw .usage(
        "SHELL", found: "\"\(PolicyError.plain(name))\"", allowed: names.joined(separator: ", "),
        suggestion: NearestName.of(name, in: names))
    }
    self.shell = shell
    self.surroundings = surroundings
  }

  func run() throws(CommandError) -> ExitStatus {
    try StandardOutput().write(
      shell.script(of: surroundings.program, for: Commands(surroundings: surroundings).descriptions))
    return .success
  }
}
