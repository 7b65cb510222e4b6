import Flatline
import FlatlineExperiments

/// A confusion table in lines.
struct CausesText {
  let table: ConfusionTable

  var lines: [String] { matrix + [""] + surprises }

  private var matrix: [String] {
    let columns = table.columns
    let hasSilence = table.entries.contains { $0.told == nil }
    var text = TextTable(
      ["expected ↓ told →"] + columns.map(\.rawValue.inOneLine) + (hasSilence ? ["nothing"] : []))
    for cause in table.expected {
      var row = [cause.rawValue] + columns.map { cell(cause, $0) }
      if hasSilence { row.append(cell(cause, nil)) }
      text.add(row)
    }
    return text.lines
  }

  private func cell(_ expected: Cause, _ told: Cause?) -> String {
    let count = table.count(expected, told: told)
    return count == 0 ? "·" : "\(count)"
  }

  private var surprises: [String] {
    let wrong = table.wrong
    guard !wrong.isEmpty else {
      return [
        "Each of \(table.expected.count) causes was told as what it is, in \(table.entries.count) trials."
      ]
    }
    return ["Off the diagonal, \(wrong.count) of \(table.entries.count) trials:"]
      + wrong.map { entry in
        let trial = entry.fact.trial
        let told = entry.failure ?? "told \(entry.told?.rawValue ?? "nothing")"
        return
          "  \(entry.fact.cause) by \(trial.scenario.name), \(trial.traffic.rawValue), \(trial.policy.name): \(told)"
          .inOneLine
      }
  }
}
