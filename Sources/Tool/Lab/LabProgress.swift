import Flatline
import FlatlineExperiments
import Glibc
import Synchronization

/// The progress of a run: one changing line on a terminal, nothing elsewhere.
final class LabProgress: Sendable {
  private let isShown: Bool
  private let width = Mutex(0)

  init(environment: [String: String] = Environment.values("TERM")) {
    isShown = isatty(STDERR_FILENO) == 1 && (environment["TERM"] ?? "dumb") != "dumb"
  }

  func begin(trials: Int, labs: Int, estimate: Duration) {
    show("\(trials) trials in \(labs) labs, about \(ReportWords.duration(estimate))")
  }

  func tell(_ progress: Experiment.Progress) {
    let share = progress.finished * 20 / max(1, progress.total)
    let bar = String(repeating: "█", count: share) + String(repeating: "░", count: 20 - share)
    show("\(bar) \(progress.finished) of \(progress.total) labs: \(progress.latest)")
  }

  /// Clears the line for the next output.
  func clear() { show("") }

  private func show(_ text: String) {
    guard isShown else { return }
    // A line longer than the screen would not be overwritten.
    let line = String(text.inOneLine.prefix(78))
    let old = width.withLock { width in
      defer { width = line.count }
      return width
    }
    let bytes = Array("\r\(line.padded(to: old))\r\(line)".utf8)
    // An error of this write has no reader.
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
