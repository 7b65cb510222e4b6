import FlatlineExperiments
import FlatlineTestSupport
import Foundation

/// Trials made for real.
enum LabTrials {
  /// On a thread of its own: an experiment blocks, and tasks share few threads.
  static func run(_ trials: [Trial], seed: UInt64 = 1, vigil: Duration = .seconds(3)) async throws
    -> [TrialRecord]
  {
    let experiment = Experiment(trials, seed: seed, parallelism: 16, vigil: vigil)
    let outcome = await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: experiment.run()) }
      thread.name = "experiment"
      thread.start()
    }
    guard let outcome else { throw TestSupportError.timedOut(waitingFor: "an experiment's end") }
    return outcome.records
  }
}
