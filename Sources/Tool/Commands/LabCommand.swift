import Flatline
import FlatlineExperiments
import FlatlineLab

/// `flatline lab`: makes real faults and shows the verdict of each policy.
struct LabCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "lab",
      summary: "Try policies against faults, made for real on this machine.",
      options: [
        OptionDescription(
          "--policy", "NAME|FILE", "Try this policy; every named one unless given.",
          completion: .policies(orFiles: true), isRepeatable: true),
        OptionDescription(
          "--fault", "NAME", "Make this fault; all of them unless given.",
          completion: .words(Scenario.all.map(\.name)), isRepeatable: true),
        OptionDescription(
          "--traffic", "KIND", "idle, in-flight (data) or heartbeat (idle but for pings); all unless given.",
          completion: .words(Traffic.allCases.map(\.rawValue)), isRepeatable: true),
        OptionDescription("--rtt", "DURATION", "Round trip that the path adds, such as 40ms."),
        OptionDescription("--jitter", "DURATION", "How much a packet's delay differs at most, such as 5ms."),
        OptionDescription("--loss", "SHARE", "Packets lost at random each way, such as 1%."),
        OptionDescription("--rate", "RATE", "What the path carries each way, such as 10mbit."),
        OptionDescription("--repeat", "N", "Make each trial N times, for narrower intervals."),
        OptionDescription("--seed", "N", "Decides every chance: the same seed loses the same packets."),
        OptionDescription("--field", "Rerun published results and others' defaults, beside fast-path."),
        OptionDescription(
          "--causes", "Make every cause by real faults, and print which was told for which."),
        OptionDescription("--json", "One JSON object a line."),
        OptionDescription(
          "--html", "FILE", "Write a page with the table, timelines and the trade-off plot too.",
          completion: .files),
        OptionDescription("--list", "List the faults, and what must be survived."),
      ],
      notes: [
        "Two hosts and a path are made in namespaces of its own: as root, or as any user where the kernel allows user",
        "namespaces. Nothing else is needed and nothing is left behind. Faults are watched until they are found,",
        "trouble that must be survived for a minute. Exit status: 0 every promise was kept (with --causes, every cause",
        "told); 1 one was not, or no lab could be made; 2 wrong usage; 130 interrupted.",
      ])
  }

  private let options: LabOptions?
  private let surroundings: ToolSurroundings

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    self.surroundings = surroundings
    if arguments.has("--list") {
      guard arguments.isAlone("--list") else {
        throw .usage("--list", found: "other options beside it", allowed: "--list alone")
      }
      options = nil
    } else {
      options = try LabOptions(arguments, surroundings)
    }
  }

  func run() throws(CommandError) -> ExitStatus {
    guard let options else {
      try StandardOutput().write(LabCommand.list)
      return .success
    }
    let interruption = try Interruption()
    if options.isCauses { return try CausesRun(options, surroundings, interruption).run() }
    return try LabRun(options, surroundings, interruption).run()
  }

  private static var list: String {
    let width = Fault.all.map(\.name.count).max() ?? 0
    func lines(_ faults: [Fault]) -> [String] {
      faults.map { "  \($0.name.padded(to: width))  \($0.summary)" }
    }
    return (["Faults:"] + lines(Fault.faults) + ["", "What must be survived:"] + lines(Fault.nonFaults))
      .joined(separator: "\n")
  }
}
