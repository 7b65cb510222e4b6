import FlatlineCore
import FlatlineTestKit
import Testing

/// A rule that is kept is told from one whose case never came.
@Suite struct RuleVerdictTests {
  /// Accuses nobody, ever.
  private struct Contented: DetectorOfOneFault {
    func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion { .unchanged }
  }

  /// Convicts where the kernel's window of the peer is one byte: in no world of the kit.
  private struct NoticesATinyWindow: DetectorOfOneFault {
    func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
      guard look.tcpInfo?.sendWindow == 1, state.leaning != .dead else { return .unchanged }
      state.leaning = .dead
      return Opinion(
        Evidence(.dead, layer: .process, cause: .stalled, at: look.now, isConclusive: true))
    }
  }

  private static let tinyWindow = ScriptedWorld("a tiny window") { time in
    var info = ScriptedWorld.healthy.info(time)
    if time > .seconds(1) { info.sendWindow = 1 }
    return info
  }

  @Test(arguments: [
    ConformanceRule.concludesOnlyEnds, .silentAfterTheEnd, .survivesRecycledDescriptor,
    .survivesMissingReadings, .blamesNobodyForOurStall,
  ])
  func nothingIsLearnedOfADetectorThatAccusesNobody(rule: ConformanceRule) throws {
    let conformance = DetectorConformance(Contented.self)
    #expect(try conformance.verdict(of: rule) == .learnedNothing("it accused in none of these worlds"))
    #expect(try conformance.violations(of: rule).isEmpty)
    try conformance.check(rule)
  }

  @Test(arguments: [ConformanceRule.attachesInAnyOrder, .drainsItsSource, .movesItsSourceOn])
  func nothingIsLearnedOfASourceThatIsNotThere(rule: ConformanceRule) throws {
    #expect(
      try DetectorConformance(Faultless.self).verdict(of: rule) == .learnedNothing("it has no shared source"))
  }

  @Test(arguments: [ConformanceRule.attachesInAnyOrder, .drainsItsSource, .movesItsSourceOn])
  func nothingIsLearnedOfASourceThatCannotBeMade(rule: ConformanceRule) throws {
    let verdict = try DetectorConformance(HasNoSourceHere.self).verdict(of: rule)
    #expect("\(verdict)".contains("its shared source cannot be made here: no registry listens: "))
  }

  @Test func nothingIsLearnedOfADescriptorThatIsNeverReady() throws {
    let silent = try DetectorConformance(HasAFaultlessSource.self).verdict(of: .drainsItsSource)
    #expect("\(silent)".contains("was never ready to read"))
    let raised = DetectorConformance(HasAFaultlessSource.self, stirring: FaultlessSource.raise)
    for rule in [ConformanceRule.attachesInAnyOrder, .drainsItsSource, .movesItsSourceOn, .closesWhatItOpens]
    {
      #expect(try raised.verdict(of: rule) == .kept)
    }
  }

  @Test func aWorldOfOnesOwnTeachesWhatTheKitsDoNot() throws {
    let without = DetectorConformance(NoticesATinyWindow.self)
    #expect(
      try without.verdict(of: .concludesOnlyEnds) == .learnedNothing("it accused in none of these worlds"))
    let with = DetectorConformance(NoticesATinyWindow.self, worlds: [Self.tinyWindow])
    guard case .broken(let stories) = try with.verdict(of: .concludesOnlyEnds) else {
      Issue.record("the author's world was not tried")
      return
    }
    #expect(stories.allSatisfy { $0.contains("with a tiny window") })
  }

  @Test(arguments: ConformanceRule.allCases)
  func eachRuleTakesWorldsOfOnesOwn(rule: ConformanceRule) throws {
    let verdict = try DetectorConformance(
      Faultless.self, worlds: [.silentInFlight(from: .seconds(40)), Self.tinyWindow], length: .seconds(60)
    ).verdict(of: rule)
    #expect(!verdict.isBroken, "\(verdict)")
  }

  @Test(arguments: ConformanceRule.allCases)
  func aDetectorOfARegistryIsTriedByItsName(rule: ConformanceRule) throws {
    let registry = DetectorRegistry([Faultless.self, ConcludesSilence.self])
    #expect(registry.names.count == 1)
    let verdict = try #require(registry["faulty"]).verdict(of: rule)
    #expect(verdict.isBroken == (rule == .concludesOnlyEnds))
  }

  @Test func aTrapNamesItsRuleAndItsWorld() async throws {
    let result = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = try? DetectorConformance(TrapsOnALargeReading.self).violations(of: .survivesTCPState)
      })
    let output = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(
      output.contains(
        "the process ended in the rule survivesTCPState of faulty, in the state ESTABLISHED with the largest reading"
      ),
      "\(output.prefix(2000))")
  }

  @Test func aTrapOfASourceNamesItsRule() async throws {
    let result = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = try? DetectorConformance(HasAStrictSource.self).violations(of: .attachesInAnyOrder)
      })
    #expect(
      String(decoding: result.standardErrorContent, as: UTF8.self).contains(
        "the process ended in the rule attachesInAnyOrder of faulty"))
  }
}
