import Flatline

/// The warmth of a table cell, by the time until the verdict: one step for each factor of about four.
enum Heat {
  /// The longest time of each step, in seconds, and the legend's text.
  static let steps: [(upTo: Double, words: String)] = [
    (0.02, "up to 20 ms"), (0.3, "up to 300 ms"), (1.2, "up to 1.2 s"), (4, "up to 4 s"), (15, "up to 15 s"),
    (40, "up to 40 s"), (.infinity, "longer"),
  ]

  /// The style class of a cell.
  static func style(_ cell: MatrixCell) -> String {
    if cell.judgement.isWrong { return "hx" }
    switch cell.judgement {
    case .blind, .notWithinRun: return "hb"
    case .convictedBeyondPromise: return "h6"
    default: break
    }
    guard let dead = cell.dead else { return "h0" }
    let step = steps.firstIndex { dead.secondsValue <= $0.upTo } ?? steps.count - 1
    return "h\(step)"
  }
}
