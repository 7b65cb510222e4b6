import Flatline

/// A published default or result beside what this run measured.
public struct FieldRow: Sendable {
  /// The published case.
  public var fieldCase: FieldCase
  /// The measurement of this run.
  public var record: TrialRecord
  /// The result of our standard policy in the same trial; `nil` if it was not run.
  public var ours: TrialRecord?

  /// From its parts, each described at its property.
  public init(_ fieldCase: FieldCase, record: TrialRecord, ours: TrialRecord?) {
    self.fieldCase = fieldCase
    self.record = record
    self.ours = ours
  }

  /// The detection time that follows from the settings and the kernel's rules, as text.
  public var computed: String {
    record.promise.dead.map(ReportWords.duration) ?? "never"
  }

  /// The detection time measured here, as text.
  public var measured: String { FieldRow.measured(record) }

  /// The detection time of our standard policy, as text.
  public var measuredOurs: String { ours.map(FieldRow.measured) ?? "–" }

  private static func measured(_ record: TrialRecord) -> String {
    if let failure = record.result.failure { return "could not be tried: \(failure)" }
    guard let end = record.result.end(of: record.trial.policy) else {
      return "not within \(ReportWords.duration(record.result.length))"
    }
    return "\(ReportWords.duration(end.offset)), \(end.cause)"
  }
}
