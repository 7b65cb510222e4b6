import Flatline
import FlatlineTestKit

/// `flatline conform`: tries a detector or a heartbeat protocol against the rules of the test kit.
struct ConformCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    let names = surroundings.registry.names.map(\.rawValue) + surroundings.protocols.names
    return CommandDescription(
      program: surroundings.program, name: "conform",
      summary: "Try a detector or a heartbeat protocol against the rules for all of them.",
      operands: [.init(name: "NAME", completion: .words(names))],
      options: [
        OptionDescription(
          "--rule", "RULE", "Only this rule, with each of its violations.",
          completion: .words(
            ConformanceRule.allCases.map(\.rawValue) + HeartbeatRule.allCases.map(\.rawValue))),
        OptionDescription(
          "--set", "KEY=VALUE", "A setting of the detector, as a policy would give it.", isRepeatable: true),
        OptionDescription("--length", "DURATION", "How long a watch lasts in each trial, 30s unless given."),
        OptionDescription(
          "--answers", "FILE",
          "What a real peer of the protocol sends, such as a recording; a ping goes before.",
          completion: .files, isRepeatable: true),
        OptionDescription("--json", "One JSON object for each rule."),
      ],
      notes: [
        "One line for each rule: kept, broken, or learned nothing: the case that it is about never came.",
        "Each rule runs in a process of its own. If that ends in a trap, or not at all, the line says where it was.",
        "Exit status 0: no rule is broken; 1: at least one is.",
      ])
  }

  private let subject: ConformSubject
  private let rule: String?
  private let isJSON: Bool

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    subject = try ConformSubject(arguments, surroundings)
    let rules = subject.rules
    rule = try arguments.value("--rule", allowed: rules.joined(separator: ", ")) { text in
      rules.contains(text) ? text : nil
    }
    isJSON = arguments.has("--json")
  }

  func run() throws(CommandError) -> ExitStatus {
    if let rule {
      let verdict = try subject.verdict(of: rule)
      try StandardOutput().write(ConformText.text(subject.name, rule, verdict, isJSON: isJSON))
      return verdict.isBroken ? .failure : .success
    }
    var isBroken = false
    for rule in subject.rules {
      let result = try RuleProcess.run(rule)
      var lines = result.output
      switch result.end {
      case .exited(let status) where status == ExitStatus.success.code: break
      case .exited(let status) where status == ExitStatus.failure.code && !lines.isEmpty: isBroken = true
      case .exited(let status):
        throw CommandError(
          status: status == ExitStatus.usage.code ? .usage : .failure,
          message: result.complaint ?? "the trial of \(rule) ended with status \(status)")
      case .died(let how):
        isBroken = true
        let story = RuleVerdict.broken([ConformText.death(how, result.errors)])
        lines = [ConformText.text(subject.name, rule, story, isJSON: isJSON)]
      }
      try StandardOutput().write(ConformText.summary(lines, rule: rule, isJSON: isJSON))
    }
    return isBroken ? .failure : .success
  }
}
