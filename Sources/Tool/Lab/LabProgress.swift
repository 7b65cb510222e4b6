import Flatline
import FlatlineExperiments
import FlatlineLab
import Glibc
import Synchronization

/// The progress of a run on standard error: how long it will take, and how far it is. One changing line on a terminal,
/// a line now and then elsewhere.
final class LabProgress: Sendable {
  private struct State {
    var width = 0
    var finished = 0
    var latest = ""
    var lastLine = MonotonicTime.never
    var isOver = false
  }

  private let program: String
  private let isTerminal: Bool
  private let start = MonotonicTime.now()
  private let total: Int
  private let estimate: Duration
  private let state = Mutex(State())

  /// The time between two lines where there is no terminal.
  static let pause = Duration.seconds(10)

  /// Writes the first line.
  ///
  /// - Parameters:
  ///   - program: the program's name.
  ///   - trials: how many trials there are, and what for.
  ///   - experiment: not begun yet.
  ///   - environment: tells what the terminal can do.
  init(
    _ program: String, trials: String, _ experiment: Experiment,
    environment: [String: String] = Environment.values("TERM")
  ) {
    self.program = program
    isTerminal = isatty(STDERR_FILENO) == 1 && (environment["TERM"] ?? "dumb") != "dumb"
    total = experiment.labs
    estimate = experiment.estimate
    StandardStreams.complain(
      "\(program) lab: \(trials), in \(total) labs: about \(LabProgressText.words(estimate))")
  }

  /// Shows the progress until ``end()``, on a thread of its own. Without a thread the run goes on unseen.
  func begin() -> NamedThread? {
    state.withLock { $0.lastLine = start }
    return try? NamedThread("progress") { [self] in
      while !state.withLock({ $0.isOver }) {
        NamedThread.sleep(.milliseconds(100))
        show(.now())
      }
    }
  }

  func tell(_ progress: Experiment.Progress) {
    state.withLock { state in
      state.finished = progress.finished
      state.latest = progress.latest
    }
  }

  /// Clears the terminal's line for the next output. Nothing is shown after it.
  func end() {
    state.withLock { state in
      state.isOver = true
      if isTerminal { overwrite("", &state.width) }
    }
  }

  private func show(_ now: MonotonicTime) {
    state.withLock { state in
      guard !state.isOver else { return }
      let text = LabProgressText.line(
        finished: state.finished, of: total, elapsed: now - start, estimate: estimate)
      if isTerminal {
        let latest = state.latest.isEmpty ? "" : ": \(state.latest)"
        overwrite("\(LabProgressText.bar(now - start, of: estimate)) \(text)\(latest)", &state.width)
      } else if now - state.lastLine >= LabProgress.pause {
        state.lastLine = now
        StandardStreams.complain("\(program) lab: \(text)")
      }
    }
  }

  private func overwrite(_ text: String, _ width: inout Int) {
    // A line longer than the screen would not be overwritten.
    let line = String(text.inOneLine.prefix(78))
    let bytes = Array("\r\(line.padded(to: width))\r\(line)".utf8)
    width = line.count
    // An error of this write has no reader.
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }
}
