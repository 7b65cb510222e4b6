import FlatlineCore
import FlatlineTestKit
import Testing

/// Eleven faults of a detector's author. The rule that is there for a fault finds it, and no other rule does: the
/// author reads what is wrong, and nothing else.
@Suite struct ElevenFaultsTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: ConformanceRule
    let verdict: @Sendable (ConformanceRule) throws -> RuleVerdict

    init<Method: Detector>(_ description: String, _ type: Method.Type, _ rule: ConformanceRule) {
      testDescription = description
      self.rule = rule
      verdict = { try DetectorConformance(Method.self).verdict(of: $0) }
    }
  }

  static let faults = [
    Fault("options not put back", LeavesAnOption.self, .setsDeclaredOptions),
    Fault("one of four options forgotten", ForgetsOneOfFour.self, .setsDeclaredOptions),
    Fault("a deadline that stays", StandsStill.self, .movesDeadlinesOn),
    Fault("a deadline that stays only after news", StandsStillAfterNews.self, .movesDeadlinesOn),
    Fault("SO_ERROR taken", TakesTheErrorInTheEnd.self, .leavesPendingError),
    Fault("descriptors leaked", OpensAtADeath.self, .closesWhatItOpens),
    Fault("its own clock", KeepsItsOwnTime.self, .readsNoClock),
    Fault("a byte eaten", ReadsInSilence.self, .leavesBytes),
    Fault("silence told as conclusive", ConcludesSilence.self, .concludesOnlyEnds),
    Fault("a sleep not excused", ExcusesNoSleep.self, .blamesNobodyForOurStall),
    Fault("a call that blocks", Blocks.self, .neverBlocks),
  ]

  @Test func areEleven() {
    #expect(Self.faults.count == 11)
  }

  @Test(arguments: faults, ConformanceRule.allCases)
  func isFoundByItsRuleAlone(fault: Fault, rule: ConformanceRule) throws {
    let verdict = try fault.verdict(rule)
    #expect(verdict.isBroken == (rule == fault.rule), "\(verdict)")
  }
}
