import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Synchronization
import Testing

/// An accusation that does not suffice yet stands in full, until it does.
struct StandingAccusationTests {
  /// Said once, by the second of two detectors, and voted on later: the verdict has its cause and its decider.
  @Test func whatWasSaidWhileTheVerdictWasAliveDecidesLater() throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(20)))
    let isSaid = Atomic(false)
    strings.answer { look in
      isSaid.exchange(true, ordering: .relaxed)
        ? .unchanged : Opinion(Evidence(.dead, layer: .process, cause: .peerHung, at: look.now))
    }
    let policy = Policy(
      name: "patient-puppet", detectors: [.epoll(), DetectorUse(PuppetDetector.name)],
      suspect: "epoll", dead: .sustained("puppet", for: .milliseconds(100)))
    let stage = try VirtualStage(DetectorRegistry.builtIn.registering(PuppetDetector(strings: strings)))
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: policy) { log.take($0) }
    stage.run(.milliseconds(110))
    #expect(log.changes.isEmpty)
    stage.run(.seconds(1))
    #expect(log.changes.count == 1)
    let change = try #require(log.changes.first)
    #expect(change.verdict == .dead(.peerHung))
    #expect(change.decidedBy.map(\.detector) == ["puppet"])
    #expect(change.trail.entries.map(\.hasDecided) == [true])
  }

  /// ETIMEDOUT does not say why. The accusation that it replaces does, unless a sign of life came between.
  @Test(arguments: [false, true])
  func aTimeOutIsExplainedByTheAccusationItReplaces(hasRecovered: Bool) throws {
    let strings = PuppetStrings(needs: .every(.milliseconds(20)))
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    _ = try stage.monitor.watch(1, policy: .puppet) { log.take($0) }
    strings.lean(.suspicious, cause: .hostUnreachable)
    stage.run(.milliseconds(30))
    if hasRecovered {
      strings.lean(.alive)
      stage.run(.milliseconds(30))
    }
    strings.lean(.dead, cause: .timedOut, isConclusive: true)
    stage.run(.milliseconds(30))
    #expect(log.changes.last?.verdict == .dead(hasRecovered ? .timedOut : .hostUnreachable))
  }
}
