import Flatline

/// A published default or result beside what this run measured.
public struct FieldRow: Sendable {
  /// What is published.
  public var fieldCase: FieldCase
  /// What this run measured.
  public var record: TrialRecord
  /// What our standard policy did in the same trial; `nil` if it was not run.
  public var ours: TrialRecord?

  /// From its parts, each described at its property.
  public init(_ fieldCase: FieldCase, record: TrialRecord, ours: TrialRecord?) {
    self.fieldCase = fieldCase
    self.record = record
    self.ours = ours
  }

  /// When the settings and the kernel's rules make it be told, in words.
  public var computed: String {
    record.promise.dead.map(ReportWords.duration) ?? "never"
  }

  /// When it was told here, in words.
  public var measured: String { FieldRow.measured(record) }

  /// When ours told it, in words.
  public var measuredOurs: String { ours.map(FieldRow.measured) ?? "–" }

  private static func measured(_ record: TrialRecord) -> String {
    if let failure = record.result.failure { return "could not be tried: \(failure)" }
    guard let end = record.result.end(of: record.trial.policy) else {
      return "not within \(ReportWords.duration(record.result.length))"
    }
    return "\(ReportWords.duration(end.offset)), \(end.cause)"
  }
}
