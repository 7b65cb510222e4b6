import Flatline

/// `flatline detectors`: the detectors and their settings.
struct DetectorsCommand: Command {
  static var description: CommandDescription {
    CommandDescription(
      name: "detectors", summary: "List the detectors, each with its settings.",
      notes: ["A policy names detectors and their settings; a setting left out has its default."])
  }

  init(_ arguments: Arguments) throws(CommandError) {}

  func run() throws(CommandError) -> ExitStatus {
    let registry = DetectorRegistry.builtIn
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
