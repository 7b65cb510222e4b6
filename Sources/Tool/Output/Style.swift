import Flatline
import Glibc

/// Colours, for a terminal only.
struct Style {
  let isColoured: Bool

  /// For standard output: colours unless it is no terminal, a dumb one, or NO_COLOR is set (no-color.org).
  init(environment: [String: String] = Environment.values("NO_COLOR", "TERM")) {
    isColoured =
      isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && (environment["TERM"] ?? "dumb") != "dumb"
  }

  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }

  /// A part of a line of a watch.
  func mark(_ text: String, _ part: TextPart) -> String {
    switch part {
    case .time, .facts: dim(text)
    case .heading: bold(text)
    case .leaning(let leaning): self.leaning(text, leaning)
    case .verdict(let verdict): self.verdict(text, verdict)
    }
  }

  /// A text in the colour of a verdict.
  func verdict(_ text: String, _ verdict: Verdict) -> String {
    switch verdict {
    case .alive: wrap(text, "32")
    case .suspect, .halfClosed: wrap(text, "33")
    case .dead: wrap(text, "1;31")
    }
  }

  /// A text in the colour of a leaning.
  func leaning(_ text: String, _ leaning: Leaning) -> String {
    switch leaning {
    case .abstaining: dim(text)
    case .alive: wrap(text, "32")
    case .suspicious: wrap(text, "33")
    case .dead: wrap(text, "31")
    }
  }

  private func wrap(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
