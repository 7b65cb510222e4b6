import FlatlineCore
import FlatlineTestKit
import Testing

/// Each rule finds the fault it is there for.
@Suite struct FaultyDetectorTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let rule: ConformanceRule
    let detector: String
    /// What the story must say.
    let words: String
    let violations: @Sendable () throws -> [Violation]
    var testDescription: String { "\(detector) breaks \(rule)" }

    init<Method: Detector>(_ rule: ConformanceRule, _ type: Method.Type, _ words: String) {
      self.rule = rule
      self.words = words
      detector = "\(type)"
      violations = {
        try DetectorConformance(Method.self, stirring: FaultlessSource.raise).violations(of: rule)
      }
    }
  }

  static let faults = [
    Fault(.neverBlocks, Blocks.self, "examine(_:_:) waited"),
    Fault(.neverBlocks, WaitsForBytes.self, "did not come back within three seconds"),
    Fault(.setsDeclaredOptions, LeavesAnOption.self, "it changed TCP_KEEPIDLE"),
    Fault(.setsDeclaredOptions, ForgetsOneOfFour.self, "it set [\"6/6\"]"),
    Fault(.leavesBytes, ReadsInSilence.self, "of 12 bytes that the peer sent"),
    Fault(.leavesPendingError, TakesTheErrorInTheEnd.self, "SO_ERROR was taken"),
    Fault(.blamesNobodyForOurStall, ExcusesNoSleep.self, "dead(pathSilent) of a healthy peer"),
    Fault(.readsNoClock, KeepsItsOwnTime.self, "in place of"),
    Fault(.readsNoClock, ReadsTheClock.self, "a second later"),
    Fault(.concludesOnlyEnds, ConcludesSilence.self, "dead(pathSilent) for conclusive"),
    Fault(.closesWhatItOpens, OpensAtADeath.self, "stayed open"),
    Fault(.movesDeadlinesOn, StandsStillAfterNews.self, "a monitor would spin"),
    Fault(.attachesInAnyOrder, HasALoyalSource.self, "that it no longer has"),
    Fault(.drainsItsSource, HasAFullSource.self, "still ready to read: a monitor would spin"),
    Fault(.movesItsSourceOn, HasALateSource.self, "still not in the future"),
    Fault(.silentAfterTheEnd, TellsOfOthers.self, "of another, healthy one"),
    Fault(.silentAfterTheEnd, PingsOn.self, "after the end the peer was sent bytes"),
    Fault(.setsDeclaredOptions, SetsWhatItDoesNotDeclare.self, "it set [\"6/4\"]"),
    Fault(.setsDeclaredOptions, SetsAnOptionItself.self, "left TCP_NODELAY (0 to 1)"),
    Fault(.setsDeclaredOptions, SetsAnOptionForAWhile.self, "changed TCP_KEEPCNT (9 to 3)"),
    Fault(.leavesBytes, Reads.self, "of 12 bytes that the peer sent"),
    Fault(.leavesBytes, Writes.self, "bytes of its own"),
    Fault(.leavesPendingError, TakesTheError.self, "SO_ERROR was taken"),
    Fault(.leavesPendingError, Peeks.self, "SO_ERROR was taken"),
    Fault(.blamesNobodyForOurStall, BlamesForAStall.self, "dead(pathSilent) of a healthy peer"),
    Fault(.tellsTimeForward, TellsOldTimes.self, "older than"),
    Fault(.tellsTimeForward, TellsTheFuture.self, "in the future"),
    Fault(.examinesAsAFunction, CountsOutsideItsState.self, "of one look and one state it said"),
    Fault(.examinesAsAFunction, NumbersItsLooks.self, "one look and one state left two: looks: 1"),
    Fault(.examinesAsAFunction, ReadsTheClock.self, "to look next at"),
    Fault(.examinesAsAFunction, BeginsOnNothing.self, "an opinion on no connection"),
    Fault(.survivesMissingReadings, ConvictsWithoutAReading.self, "without TCP_INFO it said dead"),
    Fault(.survivesMissingReadings, ConvictsUnsentPings.self, "where no ping was sent"),
    Fault(.survivesTCPState, ConcludesFromBits.self, "which the kernel has not ended"),
    Fault(.survivesRecycledDescriptor, KnowsNumbers.self, "under the number of one with"),
    Fault(.closesWhatItOpens, OpensForAConnection.self, "after its watch 1 descriptor stayed open"),
    Fault(.closesWhatItOpens, ClosesTheSocket.self, "its watch closed a descriptor that is not its own"),
    Fault(.closesWhatItOpens, LeavesItsSourceOpen.self, "after its source 1 descriptor stayed open"),
    Fault(.movesDeadlinesOn, StandsStill.self, "before that moment: a monitor would spin"),
    Fault(.movesDeadlinesOn, PingsUntilSent.self, "again and again: a monitor would spin"),
    Fault(.repeatsNothing, SaysItAgain.self, "it said again what stands: alive"),
    Fault(.repeatsNothing, WithdrawsNothing.self, "it said again what stands: abstaining"),
  ]

  @Test(arguments: faults)
  func isFound(fault: Fault) throws {
    let violations = try fault.violations()
    #expect(violations.contains { $0.story.contains(fault.words) }, "\(violations)")
    #expect(violations.allSatisfy { $0.rule == fault.rule })
    #expect(violations.count <= 8)
  }

  @Test func everyRuleHasAFaultThatItFinds() {
    #expect(Set(Self.faults.map(\.rule)) == Set(ConformanceRule.allCases))
  }

  @Test(arguments: ConformanceRule.allCases)
  func nothingIsFoundWhereThereIsNoFault(rule: ConformanceRule) throws {
    try DetectorConformance(Faultless.self).check(rule)
  }

  @Test func theErrorTellsEveryViolation() throws {
    let error = try #require(throws: ConformanceError.self) {
      try DetectorConformance(making: { SetsWhatItDoesNotDeclare() }).check()
    }
    #expect(Set(error.violations.map(\.rule)).contains(.setsDeclaredOptions))
    #expect("\(error)".contains("faulty breaks setsDeclaredOptions: "))
    #expect("\(error)".split(separator: "\n").count == error.violations.count)
  }

  /// A trap cannot be told by a value: it ends the process.
  @Test func aTrapEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      _ = try? DetectorConformance(TrapsOnALargeReading.self).violations(of: .survivesTCPState)
    }
  }
}
