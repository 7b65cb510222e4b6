import Flatline

/// `flatline detectors`: the detectors and their settings.
struct DetectorsCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "detectors",
      summary: "List the detectors, each with its settings.",
      notes: ["A policy names detectors and their settings; a setting left out has its default."])
  }

  private let registry: DetectorRegistry

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    registry = surroundings.registry
  }

  func run() throws(CommandError) -> ExitStatus {
    let blocks = registry.names.map { name in
      let settings = registry[name]?.settings ?? []
      let lines = settings.isEmpty ? ["  no settings"] : settings.flatMap(DetectorsCommand.lines)
      return ([name.rawValue] + lines).joined(separator: "\n")
    }
    try StandardOutput().write(blocks.joined(separator: "\n\n"))
    return .success
  }

  private static func lines(_ setting: SettingDescription) -> [String] {
    [
      "  \(setting.key)  (\(setting.allowed); default \(setting.standard))",
      "      \(setting.summary)",
    ]
  }
}
