import Flatline
import FlatlineExperiments
import Synchronization

/// Writes each trial as soon as it is done, if requested; keeps the error of a failed write.
final class LabSink: Sendable {
  private let isJSON: Bool
  private let output: StandardOutput
  private let error = Mutex<CommandError?>(nil)

  init(isJSON: Bool, _ output: StandardOutput) {
    self.isJSON = isJSON
    self.output = output
  }

  var failure: CommandError? { error.withLock { $0 } }

  func take(_ records: [TrialRecord], _ lines: ([TrialRecord]) -> [String]) {
    guard isJSON, failure == nil else { return }
    do throws(CommandError) {
      for line in lines(records) { try output.write(line) }
    } catch {
      self.error.withLock { $0 = error }
    }
  }
}
