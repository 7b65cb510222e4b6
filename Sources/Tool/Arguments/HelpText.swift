import Flatline

/// The texts of `help`, `--help` and `--version`.
struct HelpText {
  let surroundings: ToolSurroundings

  private static let version = "flatline 0.1.0"

  /// A program of another name says which version of Flatline it has.
  var version: String {
    let program = surroundings.program
    return program == "flatline" ? HelpText.version : "\(program) (\(HelpText.version))"
  }

  private var commands: Commands { Commands(surroundings: surroundings) }

  var overview: String {
    var lines = [
      "Tells, quickly and with reasons, that the other end of a TCP connection is gone.", "", "Usage:",
    ]
    let program = surroundings.program
    let commands = commands.descriptions
    let width = commands.map(\.name.count).max() ?? 0
    lines += commands.map { "  \(program) \($0.name.padded(to: width))  \($0.summary)" }
    lines += [
      "  \(program) \("help".padded(to: width))  Explain a command: \(program) help COMMAND.", "",
      "Start with: \(program) demo",
    ]
    return lines.joined(separator: "\n")
  }

  /// The text of `help` with these words.
  func text(_ words: [String]) throws(CommandError) -> String {
    guard let name = words.first, !Arguments.asksForHelp(words) else { return overview }
    guard words.count == 1 else {
      throw .usage("help", found: "\(words.count) words", allowed: "one command: \(commands.allowed)")
    }
    return of(try commands.named(name).description)
  }

  func of(_ command: CommandDescription) -> String {
    var lines = [command.summary, "", "Usage: \(command.usage)"]
    if !command.options.isEmpty {
      let width = command.options.map(\.usage.count).max() ?? 0
      lines += ["", "Options:"]
      lines += command.options.map { "  \($0.usage.padded(to: width))  \($0.summary)" }
    }
    if !command.notes.isEmpty { lines += [""] + command.notes }
    return lines.joined(separator: "\n")
  }
}
