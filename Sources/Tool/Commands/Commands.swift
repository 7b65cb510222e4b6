import Flatline

/// One command of `flatline`.
protocol Command {
  static var description: CommandDescription { get }
  /// Reads the arguments. Nothing happens until all of them are valid.
  init(_ arguments: Arguments) throws(CommandError)
  func run() throws(CommandError) -> ExitStatus
}

/// All commands.
enum Commands {
  static var all: [any Command.Type] {
    [
      WatchCommand.self, PoliciesCommand.self, ExplainCommand.self, DetectorsCommand.self, CheckCommand.self,
      ServeCommand.self, LabCommand.self, DemoCommand.self, CompletionsCommand.self,
    ]
  }

  static var descriptions: [CommandDescription] { all.map { $0.description } }

  /// Every valid first argument.
  private static var names: [String] { descriptions.map(\.name) + ["help", "--help", "--version"] }

  /// The names, for messages.
  static var allowed: String { names.joined(separator: ", ") }

  static func named(_ name: String) throws(CommandError) -> any Command.Type {
    if let command = all.first(where: { $0.description.name == name }) { return command }
    throw .usage(
      "the command", found: "\"\(PolicyError.plain(name))\"", allowed: allowed,
      suggestion: NearestName.of(name, in: names))
  }
}
