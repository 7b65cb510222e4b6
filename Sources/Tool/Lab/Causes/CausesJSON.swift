import Flatline
import FlatlineExperiments

/// A confusion table as JSON, one object a line.
enum CausesJSON {
  static func entry(_ entry: ConfusionTable.Entry) -> String {
    let trial = entry.fact.trial
    return JSON.object([
      "event": .text("cause"), "expected": .text(entry.fact.cause.rawValue),
      "told": (entry.told?.rawValue).map(JSON.text) ?? .null, "is_right": .bool(entry.isRight),
      "fault": .text(trial.scenario.name), "traffic": .text(trial.traffic.rawValue),
      "heartbeat": .bool(trial.pings), "policy": .text(trial.policy.name),
      "repetition": .integer(trial.repetition), "phase": .integer(trial.phase),
      "failure": entry.failure.map(JSON.text) ?? .null,
    ]).line
  }

  /// How many times each cause was reported for one cause; no report has the name "nothing".
  static func row(_ cause: Cause, of table: ConfusionTable) -> String {
    var told: [String: JSON] = [:]
    for column in table.columns where table.count(cause, told: column) > 0 {
      told[column.rawValue] = .integer(table.count(cause, told: column))
    }
    let silence = table.count(cause, told: nil)
    if silence > 0 { told["nothing"] = .integer(silence) }
    return JSON.object([
      "event": .text("confusion"), "expected": .text(cause.rawValue), "told": .object(told),
    ]).line
  }

  static func end(_ table: ConfusionTable, _ status: ExitStatus) -> String {
    JSON.object([
      "event": .text("end"), "trials": .integer(table.entries.count), "wrong": .integer(table.wrong.count),
      "exit_status": .integer(Int(status.code)),
    ]).line
  }
}
