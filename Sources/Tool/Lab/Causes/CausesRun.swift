import Flatline
import FlatlineExperiments

/// `flatline lab --causes`: every cause by real faults, beside the reported cause.
struct CausesRun {
  private let options: LabOptions
  private let surroundings: ToolSurroundings
  private let interruption: Interruption
  private let output: StandardOutput

  init(_ options: LabOptions, _ surroundings: ToolSurroundings, _ interruption: Interruption) {
    self.options = options
    self.surroundings = surroundings
    self.interruption = interruption
    output = StandardOutput(interruption)
  }

  func run() throws(CommandError) -> ExitStatus {
    try LabMeasuring.checkThatLabsCanBeMade()
    let cases = CauseCase.all(options.conditions, repetitions: options.repetitions)
    let measuring = LabMeasuring(options, surroundings.program, interruption, output)
    let experiment = Experiment(
      cases.map(\.trial), seed: options.seed, parallelism: LabMeasuring.parallelism,
      vigil: CauseCase.vigil, registry: surroundings.registry)
    let records = try measuring.run(experiment, trials: LabProgressText.trials(cases.count, ofThemForPlot: 0))
    { _ in [] }.records
    let table = ConfusionTable(cases, records)
    let status: ExitStatus = table.isDiagonal ? .success : .failure
    try tell(table, status)
    return status
  }

  private func tell(_ table: ConfusionTable, _ status: ExitStatus) throws(CommandError) {
    guard options.isJSON else {
      try output.write(CausesText(table: table).lines.joined(separator: "\n"))
      return
    }
    for entry in table.entries { try output.write(CausesJSON.entry(entry)) }
    for cause in table.expected { try output.write(CausesJSON.row(cause, of: table)) }
    try output.write(CausesJSON.end(table, status))
  }
}
