import Flatline
import FlatlineExperiments
import Glibc

/// One run of the lab, with its progress.
struct LabRun {
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
    let plan = LabPlan(
      options, registry: surroundings.registry, parallelism: LabMeasuring.parallelism)
    try LabMeasuring.checkThatLabsCanBeMade()
    let start = MonotonicTime.now()
    if options.isJSON { try output.write(LabJSON.start(options, trials: plan.trials.count)) }
    let outcome = try LabMeasuring(options, surroundings.program, interruption, output).run(
      plan.experiment,
      trials: LabProgressText.trials(plan.trials.count, ofThemForPlot: plan.sweepCount)
    ) { $0.map(LabJSON.trial) }
    let setting = LabReport.Setting(
      command: options.command, kernel: LabRun.kernel, date: LabRun.date, conditions: options.conditions,
      seed: options.seed, repetitions: options.repetitions, duration: .now() - start,
      forwarderDelay: outcome.forwarderDelay, lateness: outcome.lateness)
    let report = plan.report(outcome.records, setting)
    let status: ExitStatus = report.records.contains(where: \.judgement.isWrong) ? .failure : .success
    try tell(report, status)
    try writePage(report)
    return status
  }

  private func tell(_ report: LabReport, _ status: ExitStatus) throws(CommandError) {
    guard options.isJSON else {
      try output.write(LabText(report: report).lines.joined(separator: "\n"))
      return
    }
    let promises = PromiseTable(report.records)
    for row in promises.rows {
      for (policy, cell) in zip(promises.policies, row.cells) {
        for line in LabJSON.promises(cell, of: policy, row) { try output.write(line) }
      }
    }
    for row in QualityTable(report.records).rows { try output.write(LabJSON.quality(row)) }
    for curve in report.tradeOff {
      for point in curve.points { try output.write(LabJSON.point(point, of: curve)) }
    }
    for row in report.field { try output.write(LabJSON.field(row)) }
    try output.write(LabJSON.end(report, status))
  }

  private func writePage(_ report: LabReport) throws(CommandError) {
    guard let page = options.page else { return }
    func failure() -> CommandError {
      .failure("\(page): the page could not be written: \(Errno.current)")
    }
    guard let file = fopen(page, "we") else { throw failure() }
    var html = LabPage(report).html
    let isWritten = html.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
    // Buffered output may fail only now.
    guard fclose(file) == 0, isWritten else { throw failure() }
  }

  private static var kernel: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    return withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The date as `2026-01-31 17:05`, by the machine's own clock and time zone.
  private static var date: String {
    var now = Glibc.time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    var text = [UInt8](repeating: 0, count: 32)
    let count = text.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) { strftime($0.baseAddress, $0.count, "%Y-%m-%d %H:%M", &parts) }
    }
    return String(decoding: text.prefix(count), as: UTF8.self)
  }
}
