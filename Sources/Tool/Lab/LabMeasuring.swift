import Flatline
import FlatlineExperiments
import FlatlineLab
import Glibc

/// Runs an experiment and shows its progress, until it is done or interrupted.
struct LabMeasuring {
  private let options: LabOptions
  private let program: String
  private let interruption: Interruption
  private let output: StandardOutput

  /// Labs at a time for each core: a lab waits most of the time.
  private static let labsPerCore = 40
  /// Descriptors of a lab and its connections, with a reserve.
  private static let descriptorsPerLab = 112

  init(
    _ options: LabOptions, _ program: String, _ interruption: Interruption, _ output: StandardOutput
  ) {
    self.options = options
    self.program = program
    self.interruption = interruption
    self.output = output
  }

  /// Labs at a time: as many as the machine and this process's descriptor limit allow.
  static var parallelism: Int {
    let labs = max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))) * labsPerCore
    return max(1, min(labs, DescriptorLimit.raise() / descriptorsPerLab))
  }

  /// - Parameters:
  ///   - experiment: what to run.
  ///   - trials: its trials in words.
  ///   - lines: the JSON lines of records, written as soon as they are there, if JSON was requested.
  func run(
    _ experiment: Experiment, trials: String, lines: @escaping @Sendable ([TrialRecord]) -> [String]
  ) throws(CommandError) -> Experiment.Outcome {
    let progress = LabProgress(program, trials: trials, experiment)
    let thread = progress.begin()
    let sink = LabSink(isJSON: options.isJSON, output)
    let outcome = experiment.run(
      isCancelled: { [interruption] in interruption.hasCome || sink.failure != nil },
      onProgress: { now in
        progress.tell(now)
        sink.take(now.records, lines)
      })
    progress.end()
    thread?.join()
    if let error = sink.failure { throw error }
    guard let outcome else { throw CommandError(status: .interrupted, message: "interrupted") }
    return outcome
  }

  /// Fails with one clear line if the kernel refuses namespaces, instead of one line for each trial.
  static func checkThatLabsCanBeMade() throws(CommandError) {
    do throws(LabError) {
      try Lab().close()
    } catch {
      throw .failure(error.description)
    }
  }
}
