import Flatline

/// The texts of `--help` and `--version`.
enum HelpText {
  static let version = "flatline 0.1.0"

  static var overview: String {
    var lines = [
      "Tells, quickly and with reasons, that the other end of a TCP connection is gone.", "", "Usage:",
    ]
    let commands = Commands.descriptions
    let width = commands.map(\.name.count).max() ?? 0
    lines += commands.map { "  flatline \($0.name.padded(to: width))  \($0.summary)" }
    lines += [
      "  flatline \("help".padded(to: width))  Explain a command: flatline help COMMAND.", "",
      "Start with: flatline demo",
    ]
    return lines.joined(separator: "\n")
  }

  static func of(_ command: CommandDescription) -> String {
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
