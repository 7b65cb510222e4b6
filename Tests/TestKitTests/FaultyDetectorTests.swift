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
      violations = { try DetectorConformance(Method.self).violations(of: rule) }
    }
  }

  static let faults = [
    Fault(.silentAfterDetach, TellsOfOthers.self, "of another, healthy one"),
    Fault(.silentAfterDetach, PingsOn.self, "after its detach the peer was sent bytes"),
    Fault(.putsOptionsBack, LeavesAnOption.self, "it left [\"6/4\"] changed"),
    Fault(.putsOptionsBack, FailsHalfWay.self, "refused to attach"),
    Fault(.putsOptionsBack, SetsAnOptionItself.self, "TCP_NODELAY (0 to 1)"),
    Fault(.leavesBytes, Reads.self, "of 12 bytes that the peer sent"),
    Fault(.leavesBytes, Writes.self, "bytes of its own"),
    Fault(.leavesPendingError, TakesTheError.self, "SO_ERROR was taken"),
    Fault(.leavesPendingError, Peeks.self, "SO_ERROR was taken"),
    Fault(.blamesNobodyForOurStall, BlamesForAStall.self, "dead(pathSilent) of a healthy peer"),
    Fault(.tellsTimeForward, TellsOldTimes.self, "older than"),
    Fault(.tellsTimeForward, TellsTheFuture.self, "in the future"),
    Fault(.keepsPlainState, CountsOutsideItsState.self, "asked twice with the same state"),
    Fault(.survivesErrno, ConvictsOnErrors.self, "TCP_INFO failed with"),
    Fault(.survivesTCPState, ConcludesFromBits.self, "which the kernel has not ended"),
    Fault(.survivesRecycledDescriptor, KnowsNumbers.self, "under the number of one with"),
    Fault(.closesWhatItOpens, ClosesOnlyAtDetach.self, "after its discard 1 descriptor stayed open"),
    Fault(.closesWhatItOpens, NeverCloses.self, "after its detach 1 descriptor stayed open"),
    Fault(.closesWhatItOpens, SetsByNumber.self, "TCP_KEEPIDLE"),
    Fault(.movesDeadlinesOn, StandsStill.self, "a monitor would spin"),
    Fault(.restsAsItObserves, RestsInDoubt.self, "what it would have said: suspicious"),
    Fault(.restsAsItObserves, RestsTooLong.self, "another next one"),
    Fault(.keepsPlainState, AppliesToNothing.self, "applies to no connection"),
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
      try DetectorConformance(making: { LeavesAnOption() }).check()
    }
    #expect(Set(error.violations.map(\.rule)).contains(.putsOptionsBack))
    #expect("\(error)".contains("faulty breaks putsOptionsBack: "))
    #expect("\(error)".split(separator: "\n").count == error.violations.count)
  }

  /// A trap cannot be told by a value: it ends the process.
  @Test func aTrapEndsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      _ = try? DetectorConformance(TrapsOnALargeReading.self).violations(of: .survivesTCPState)
    }
  }
}
