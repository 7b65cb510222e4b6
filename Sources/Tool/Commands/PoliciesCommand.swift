import Flatline

/// `flatline policies`: lists the policies, or shows one of them.
struct PoliciesCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "policies", summary: "List the policies, or print one as JSON.",
      operands: [.init(name: "NAME", isRequired: false, completion: .policies(orFiles: false))],
      notes: [
        "Your own are files NAME.json or NAME.json5 in $XDG_CONFIG_HOME/flatline/policies (~/.config/flatline/policies);",
        "they come before those shipped with flatline. A printed policy is a good start for one of your own.",
      ])
  }

  private let name: String?
  private let library: PolicyLibrary

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    name = arguments.operands.first
    library = surroundings.library
  }

  func run() throws(CommandError) -> ExitStatus {
    guard let name else {
      try StandardOutput().write(PoliciesCommand.list(library))
      return .success
    }
    let policy: Policy
    do throws(PolicyError) {
      policy = try library.policy(name)
    } catch {
      throw .policy(error)
    }
    try StandardOutput().write(policy.json)
    return .success
  }

  private static func list(_ library: PolicyLibrary) -> String {
    let own = library.userNames
    let names = library.names
    let width = (names.map(\.inOneLine) + FieldPolicies.all.map(\.name)).map(\.count).max() ?? 0
    let lines = names.map { name in
      let isOwn = own.contains(name)
      let mark = isOwn ? "(yours) " : name == NamedPolicies.standard.name ? "(default) " : ""
      return "\(name.inOneLine.padded(to: width))  \(mark)\(summary(name, library))"
    }
    // Other libraries' defaults, for comparison; a user's own policy of the same name comes first.
    let field = FieldPolicies.all.filter { !own.contains($0.name) }.map { policy in
      "\(policy.name.padded(to: width))  (field) \(policy.summary)"
    }
    return (lines + field).joined(separator: "\n")
  }

  /// An invalid file of the user must not hide the other policies.
  private static func summary(_ name: String, _ library: PolicyLibrary) -> String {
    do throws(PolicyError) {
      return try library.policy(name).summary.inOneLine
    } catch {
      return "cannot be used: \(error.description.inOneLine)"
    }
  }
}
