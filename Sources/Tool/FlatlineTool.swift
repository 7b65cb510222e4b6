public import Flatline
import Glibc

/// The command line tool as a library.
///
/// The command `flatline` is a call of ``main(name:registry:protocols:)``. A program with detectors or heartbeat
/// protocols of its own makes the same call with its own, and has every command for them.
public enum FlatlineTool {
  /// Runs the command that the process's arguments name, and ends the process.
  ///
  /// - Parameters:
  ///   - name: the program's name in messages, help and completions; `nil` for the name that it was started by.
  ///   - registry: the detectors that policies may name.
  ///   - protocols: the heartbeat protocols that a watch may speak.
  public static func main(
    name: String? = nil, registry: DetectorRegistry = .builtIn, protocols: HeartbeatProtocols = .builtIn
  ) -> Never {
    StandardStreams.prepare()
    var surroundings = ToolSurroundings(
      program: name ?? ProgramName.own, registry: registry, protocols: protocols)
    exit(run(Array(CommandLine.arguments.dropFirst()), &surroundings).code)
  }

  private static func run(_ words: [String], _ surroundings: inout ToolSurroundings) -> ExitStatus {
    var name = surroundings.program
    var words = words
    do throws(CommandError) {
      for file in try PluginOption.take(from: &words) { try surroundings.load(plugin: file) }
      let commands = Commands(surroundings: surroundings)
      let help = HelpText(surroundings: surroundings)
      guard let first = words.first else {
        throw .usage("the command", found: "nothing", allowed: commands.allowed)
      }
      let rest = Array(words.dropFirst())
      switch first {
      case "--help", "-h": return try print(help.overview)
      case "--version": return try print(help.version)
      case "help": return try print(help.text(rest))
      default: break
      }
      let command = try commands.named(first)
      name += " \(command.description.name)"
      if Arguments.asksForHelp(rest) { return try print(help.of(command.description)) }
      return try command.type.init(Arguments(rest, for: command.description), surroundings).run()
    } catch {
      if !error.message.isEmpty { StandardStreams.complain("\(name): \(error.message)") }
      return error.status
    }
  }

  private static func print(_ text: String) throws(CommandError) -> ExitStatus {
    try StandardOutput().write(text)
    return .success
  }
}
