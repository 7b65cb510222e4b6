import Flatline
import FlatlineExperiments
import FlatlineLab
import Glibc

/// Runs an experiment with its progress shown, until it is done or interrupted.
struct LabMeasuring {
  private let options: LabOptions
  private let interruption: Interruption
  private let output: StandardOutput

  /// Labs at a time for each core: they wait most of the time.
  private static let labsPerCore = 40
  /// What a lab and its connections may need, with room to spare.
  private static let descriptorsPerLab = 112

  init(_ options: LabOptions, _ interruption: Interruption, _ output: StandardOutput) {
    self.options = options
    self.interruption = interruption
    self.output = output
  }

  /// Labs at a time, as many as the machine and the descriptors that this process may have allow.
  static var parallelism: Int {
    let labs = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) * labsPerCore
    return max(1, min(labs, DescriptorLimit.raise() / descriptorsPerLab))
  }

  /// - Parameter lines: what is written of records as soon as they are there, where JSON was asked for.
  func run(
    _ experiment: Experiment, trials: Int, lines: @escaping @Sendable ([TrialRecord]) -> [String]
  ) throws(CommandError) -> Experiment.Outcome {
    let progress = LabProgress()
    progress.begin(trials: trials, labs: experiment.labs, estimate: experiment.estimate)
    let sink = LabSink(isJSON: options.isJSON, output)
    let outcome = experiment.run(
      isCancelled: { [interruption] in interruption.hasCome || sink.failure != nil },
      onProgress: { now in
        progress.tell(now)
        sink.take(now.records, lines)
      })
    progress.clear()
    if let error = sink.failure { throw error }
    guard let outcome else { throw CommandError(status: .interrupted, message: "interrupted") }
    return outcome
  }

  /// One clear line where the kernel does not let us, in place of as many as there are trials.
  static func checkThatLabsCanBeMade() throws(CommandError) {
    do throws(LabError) {
      try Lab().close()
    } catch {
      throw .failure(error.description)
    }
  }
}
