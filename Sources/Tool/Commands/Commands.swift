import Flatline

/// One command of the program.
protocol Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription
  /// Reads the arguments. Nothing happens until all of them are valid.
  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError)
  func run() throws(CommandError) -> ExitStatus
}

/// All commands.
struct Commands {
  let surroundings: ToolSurroundings

  private static var all: [any Command.Type] {
    [
      WatchCommand.self, PoliciesCommand.self, ExplainCommand.self, DetectorsCommand.self, CheckCommand.self,
      ConformCommand.self, ServeCommand.self, LabCommand.self, DemoCommand.self, CompletionsCommand.self,
    ]
  }

  var descriptions: [CommandDescription] { Commands.all.map(description) }

  /// A command's own description, and the option of every command.
  private func description(_ type: any Command.Type) -> CommandDescription {
    var description = type.description(surroundings)
    description.options.append(PluginOption.description)
    return description
  }

  /// Every valid first argument.
  private var names: [String] { descriptions.map(\.name) + ["help", "--help", "--version"] }

  /// The names, for messages.
  var allowed: String { names.joined(separator: ", ") }

  /// The command of this name, and its description.
  func named(
    _ name: String
  ) throws(CommandError) -> (type: any Command.Type, description: CommandDescription) {
    for type in Commands.all {
      let description = description(type)
      if description.name == name { return (type, description) }
    }
    throw .usage(
      "the command", found: "\"\(PolicyError.plain(name))\"", allowed: allowed,
      suggestion: NearestName.of(name, in: names))
  }
}
