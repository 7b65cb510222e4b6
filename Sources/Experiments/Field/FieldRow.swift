/// A published default or result beside what this run measured.
public struct FieldRow: Sendable {
  public var fieldCase: FieldCase
  public var record: TrialRecord
  /// What our standard policy did in the same trial; `nil` if it was not run.
  public var ours: TrialRecord?

  public init(_ fieldCase: FieldCase, record: TrialRecord, ours: TrialRecord?) {
    self.fieldCase = fieldCase
    self.record = record
    self.ours = ours
  }
}
