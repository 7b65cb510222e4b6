import Flatline
import FlatlineExperiments
import Foundation

/// One run of the lab, told as it goes.
struct LabRun {
  private let options: LabOptions
  private let interruption: Interruption
  private let output: StandardOutput

  init(_ options: LabOptions, _ interruption: Interruption) {
    self.options = options
    self.interruption = interruption
    output = StandardOutput(interruption)
  }

  func run() throws(CommandError) -> ExitStatus {
    let plan = LabPlan(options, parallelism: LabMeasuring.parallelism)
    try LabMeasuring.checkThatLabsCanBeMade()
    let start = MonotonicTime.now()
    if options.isJSON { try output.write(LabJSON.start(options, trials: plan.trials.count)) }
    let outcome = try LabMeasuring(options, interruption, output).run(
      plan.experiment, trials: plan.trials.count
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
    do {
      try Data(LabPage(report).html.utf8).write(to: URL(fileURLWithPath: page))
    } catch {
      throw .failure("\(page): the page could not be written: \(error.localizedDescription)")
    }
  }

  private static var kernel: String {
    (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
      .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
  }

  private static var date: String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyy-MM-dd HH:mm"
    return formatter.string(from: Date())
  }
}
