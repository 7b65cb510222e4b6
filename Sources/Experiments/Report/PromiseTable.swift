public import Flatline
import FlatlineLab

/// The promise of each policy for each fault (`flatline explain`), beside the worst measured time.
public struct PromiseTable: Sendable {
  /// One promise of one policy.
  public struct Row: Sendable {
    /// The fault's name.
    public var fault: String
    /// The traffic of the connection.
    public var traffic: Traffic
    /// One for each of ``PromiseTable/policies``.
    public var cells: [Cell]
  }

  /// One policy in that row.
  public struct Cell: Sendable {
    /// `nil` where nothing is promised, or there was no such trial.
    public var suspect: MeasuredPromise?
    /// `nil` where nothing is promised, or there was no such trial.
    public var dead: MeasuredPromise?

    var all: [MeasuredPromise] { [suspect, dead].compactMap { $0 } }
  }

  /// The columns.
  public let policies: [String]
  /// Faults only: trouble has no promised time.
  public let rows: [Row]

  /// - Parameter records: of a run.
  public init(_ records: [TrialRecord]) {
    let matrix = Matrix(records.filter(\.trial.scenario.isFault))
    policies = matrix.policies
    rows = matrix.rows.map { row in
      Row(
        fault: row.fault.name, traffic: row.traffic,
        cells: row.cells.map { $0.map(PromiseTable.cell) ?? Cell() })
    }
  }

  /// How many promises have this standing.
  public func count(_ standing: MeasuredPromise.Standing) -> Int {
    rows.reduce(0) { $0 + $1.cells.reduce(0) { $0 + $1.all.count { $0.standing == standing } } }
  }

  private static func cell(_ cell: MatrixCell) -> Cell {
    let (promise, trial) = (cell.records[0].promise, cell.records[0].trial)
    let (roundTrip, seeksWorst) = (trial.conditions.longestRoundTrip, !trial.scenario.isBrief)
    let results = cell.records.map(\.result).filter { $0.failure == nil }
    return Cell(
      // A suspicion from before the fault measures nothing.
      suspect: MeasuredPromise(
        promise.suspect, roundTrip: roundTrip, seeksWorst: seeksWorst,
        results.filter { !$0.wasDoubted }.map {
          ($0.suspectAfter, $0.suspicionTiming(promised: promise.suspect))
        }),
      dead: MeasuredPromise(
        promise.dead, roundTrip: roundTrip, seeksWorst: seeksWorst,
        results.map {
          ($0.end(of: trial.policy)?.offset, $0.deathTiming(trial.policy, promised: promise.dead))
        }))
  }
}
