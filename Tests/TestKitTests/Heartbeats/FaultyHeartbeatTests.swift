import Flatline
import FlatlineTestKit
import Testing

/// Each rule for heartbeat protocols finds the fault it is there for.
@Suite struct FaultyHeartbeatTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let rule: HeartbeatRule
    let name: String
    /// What the story must say.
    let words: String
    let make: @Sendable () -> any HeartbeatProtocol
    var testDescription: String { "\(name) breaks \(rule)" }

    init<Proto: HeartbeatOfOneFault>(_ rule: HeartbeatRule, _ type: Proto.Type, _ words: String) {
      self.rule = rule
      self.words = words
      name = "\(type)"
      make = { Proto() }
    }
  }

  static let faults = [
    Fault(.takesAnyPieces, CountsPieces.self, "pongs in place of"),
    Fault(.takesAnyPieces, AnswersPieces.self, "it replied 2 bytes"),
    Fault(.countsNoPongWithoutPing, CountsAnyPong.self, "pongs after"),
    Fault(.pingsWhenReady, HidesItsReadiness.self, "not ready and sent a ping"),
    Fault(.failsForEver, ForgetsItsError.self, "further bytes without an error"),
    Fault(.failsForEver, PingsAfterItsError.self, "it sent a ping"),
    Fault(.explainsInOneLine, QuotesThePeer.self, "control characters"),
    Fault(.keepsMemoryBounded, KeepsEverything.self, "it held"),
    Fault(.keepsMemoryBounded, Repeats.self, "it replied 32768 bytes to 16384"),
  ]

  private static let transcripts = [
    HeartbeatTranscript("a talk", [.ping, .ping, .peer("!-!??"), .ping, .peer("!")], pongs: 3),
    HeartbeatTranscript("an end", [.ping, .peer("!\rx")], pongs: 0),
  ]

  @Test(arguments: faults)
  func isFound(fault: Fault) throws {
    let conformance = HeartbeatConformance(transcripts: Self.transcripts, making: fault.make)
    guard case .broken(let stories) = conformance.verdict(of: fault.rule) else {
      Issue.record("\(conformance.verdict(of: fault.rule))")
      return
    }
    #expect(stories.contains { $0.contains(fault.words) }, "\(stories)")
    #expect(stories.count <= 8)
  }

  @Test func everyRuleHasAFaultThatItFinds() {
    #expect(Set(Self.faults.map(\.rule)) == Set(HeartbeatRule.allCases))
  }

  @Test(arguments: HeartbeatRule.allCases)
  func nothingIsFoundWhereThereIsNoFault(rule: HeartbeatRule) {
    #expect(
      HeartbeatConformance(transcripts: Self.transcripts) { FaultlessHeartbeat() }.verdict(of: rule) == .kept)
  }

  @Test func withoutTranscriptsNothingIsLearnedOfPieces() {
    #expect(
      HeartbeatConformance { FaultlessHeartbeat() }.verdict(of: .takesAnyPieces)
        == .learnedNothing("there is no transcript of a real peer"))
  }

  @Test func aPongThatATranscriptPromisesIsMissed() {
    let wrong = HeartbeatTranscript("a talk", [.ping, .peer("-")], pongs: 1)
    let error = #expect(throws: HeartbeatConformanceError.self) {
      try HeartbeatConformance(transcripts: [wrong]) { FaultlessHeartbeat() }.check()
    }
    #expect(
      error?.description == "faulty breaks takesAnyPieces: with a talk it counted 0 pongs in place of 1")
  }

  @Test func aTrapNamesItsRuleAndWhatThePeerSent() async throws {
    let result = try #require(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        try? HeartbeatConformance { TrapsAtAByte() }.check(.failsForEver)
      })
    let output = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(output.contains("the process ended in the rule failsForEver of faulty, in noise"), "\(output)")
  }
}
