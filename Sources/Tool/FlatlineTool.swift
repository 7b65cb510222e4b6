public import Flatline
import Glibc

/// The command line tool as a library.
///
/// The command `flatline` is a call of ``main(registry:)``. A program with detectors of its own makes the same
/// call with a registry of its own, and has every command for them.
public enum FlatlineTool {
  /// Runs the command that the process's arguments name, and ends the process.
  ///
  /// - Parameter registry: the detectors that policies may name.
  public static func main(registry: DetectorRegistry = .builtIn) -> Never {
    StandardStreams.prepare()
    exit(run(Array(CommandLine.arguments.dropFirst())).code)
  }

  private static func run(_ words: [String]) -> ExitStatus {
    var name = "flatline"
    do throws(CommandError) {
      guard let first = words.first else {
        throw .usage("the command", found: "nothing", allowed: Commands.allowed)
      }
      switch first {
      case "--help", "-h": return try print(HelpText.overview)
      case "--version": return try print(HelpText.version)
      case "help": return try print(help(Array(words.dropFirst())))
      default: break
      }
      let command = try Commands.named(first)
      name = "flatline \(command.description.name)"
      let rest = Array(words.dropFirst())
      if Arguments.asksForHelp(rest) { return try print(HelpText.of(command.description)) }
      return try command.init(Arguments(rest, for: command.description)).run()
    } catch {
      if !error.message.isEmpty { StandardStreams.complain("\(name): \(error.message)") }
      return error.status
    }
  }

  private static func help(_ words: [String]) throws(CommandError) -> String {
    guard let name = words.first, !Arguments.asksForHelp(words) else { return HelpText.overview }
    guard words.count == 1 else {
      throw .usage("help", found: "\(words.count) words", allowed: "one command: \(Commands.allowed)")
    }
    return HelpText.of(try Commands.named(name).description)
  }

  private static func print(_ text: String) throws(CommandError) -> ExitStatus {
    try StandardOutput().write(text)
    return .success
  }
}
