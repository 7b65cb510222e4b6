import Flatline
import FlatlineExperiments
import FlatlineLab
import Testing

/// Promises beside what was measured: kept, broken, loose, or not measured.
struct PromiseTableTests {
  /// The table of idle silent drops under fast-path, dead at these times, suspected when promised or at another time.
  private func cell(
    _ deaths: [Duration?], suspectedAfter: Duration? = nil, length: Duration = .seconds(60)
  ) throws -> (cell: PromiseTable.Cell, promised: Duration, table: PromiseTable) {
    let trial = Stories.trial()
    let promise = Promise(of: trial)
    let suspectedAfter = try #require(suspectedAfter ?? promise.suspect)
    let records = deaths.enumerated().map { phase, death in
      var trial = trial
      trial.phase = phase
      let events =
        death.map { [Stories.suspect(.pathSilent, at: suspectedAfter), Stories.dead(.pathSilent, at: $0)] }
        ?? []
      return TrialRecord(trial, promise: promise, result: Stories.result(events, length: length))
    }
    let table = PromiseTable(records)
    #expect(table.rows.count == 1 && table.policies == ["fast-path"])
    return (try #require(table.rows.first?.cells.first), try #require(promise.dead), table)
  }

  @Test func theWorstOfAllPhasesStandsForThem() throws {
    let (cell, promised, table) = try cell([.seconds(3), .milliseconds(3500), .seconds(2)])
    #expect(cell.dead?.promised == promised)
    #expect(cell.dead?.worst == .milliseconds(3500))
    #expect(cell.dead?.standing == .kept)
    #expect(cell.suspect?.standing == .kept)
    #expect(table.count(.kept) == 2)
  }

  @Test func oneThatIsLateBreaksThePromise() throws {
    let promised = try self.cell([.seconds(3)]).promised
    let (cell, _, table) = try cell([.seconds(3), promised + .milliseconds(1)])
    #expect(cell.dead?.standing == .broken)
    #expect(table.count(.broken) == 1)
  }

  @Test func oneThatNeverComesBreaksItWhereTheRunWasLongEnough() throws {
    #expect(try cell([.seconds(3), nil]).cell.dead?.standing == .broken)
    #expect(try cell([nil], length: .seconds(2)).cell.dead?.standing == .unmeasured)
  }

  /// Above one and a half times the worst measured, and what a busy machine may add.
  @Test func farAboveAllThatWasMeasuredIsLoose() throws {
    let promised = try self.cell([.seconds(3)]).promised
    let limit = (promised - FaultScenario.slack) * 2 / 3
    #expect(try cell([limit + .milliseconds(1)]).cell.dead?.standing == .kept)
    #expect(try cell([limit - .milliseconds(1)]).cell.dead?.standing == .loose)
    // What is at once is promised within what a busy machine may add: that is not loose.
    let trial = Stories.trial(.fastPath, .reset)
    let record = TrialRecord(
      trial, promise: Promise(of: trial),
      result: Stories.result([Stories.dead(.peerReset, at: .microseconds(200))]))
    let cell = try #require(PromiseTable([record]).rows.first?.cells.first)
    #expect(cell.dead?.standing == .kept && cell.suspect?.standing == .kept)
  }

  @Test func aDoubtThatStoodBeforeMeasuresNothing() throws {
    let cell = try cell([.seconds(3)], suspectedAfter: .milliseconds(-500)).cell
    #expect(cell.suspect == nil)
    #expect(cell.dead?.standing == .kept)
  }

  @Test func whatMustBeSurvivedIsPromisedNoTime() {
    let trial = Stories.trial(.fastPath, .loss10)
    let record = TrialRecord(trial, promise: Promise(of: trial), result: Stories.result([]))
    #expect(PromiseTable([record]).rows.isEmpty)
  }
}
