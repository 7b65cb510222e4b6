import Flatline
import FlatlineExperiments
import Glibc
import Synchronization

/// How far a run is: on a terminal one line that changes, elsewhere nothing.
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

  /// Leaves the line empty for what comes.
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
    // If nobody sees it there is nobody to tell.
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
