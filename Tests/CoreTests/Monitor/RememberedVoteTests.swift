import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// Rules over ballots that no longer stand, on a monitor in virtual time.
struct RememberedVoteTests {
  /// A detector that accuses for a while, then leans to alive, and is never looked at again.
  private static func flash(
    _ name: DetectorName, from start: Duration, to end: Duration, _ leaning: Leaning = .dead,
    beginning: MonotonicTime
  ) -> RegisteredDetector {
    let strings = PuppetStrings(needs: Needs(firstLook: start))
    strings.answer { look in
      look.now - beginning < end
        ? Opinion(
          Evidence(leaning, layer: .process, cause: .peerHung, at: look.now), next: beginning + end)
        : Opinion(.alive(.process, at: look.now), next: .never)
    }
    return RegisteredDetector(name: name, settings: []) { _ in PuppetDetector(strings: strings) }
  }

  private func run(
    suspect: Rule, dead: Rule, _ flashes: [(DetectorName, Int, Int, Leaning)]
  ) throws -> [(time: Int, change: VerdictChange)] {
    let beginning = VirtualMachine().now()
    var registry = DetectorRegistry()
    for (name, start, end, leaning) in flashes {
      registry.register(
        Self.flash(
          name, from: .milliseconds(start), to: .milliseconds(end), leaning, beginning: beginning))
    }
    let stage = try VirtualStage(registry)
    let log = VerdictLog()
    let policy = Policy(
      name: "flashes", detectors: flashes.map { DetectorUse($0.0) }, suspect: suspect, dead: dead)
    _ = try stage.monitor.watch(1, policy: policy) { log.take($0) }
    stage.run(.seconds(10))
    return log.changes.map { (Int(($0.time - beginning).milliseconds.rounded()), $0) }
  }

  /// The monitor wakes for the end of the time alone.
  @Test func aMemoryEndsWithoutALook() throws {
    let changes = try run(
      suspect: .recent("a", for: .milliseconds(500)), dead: .all(["a", "b"]),
      [("a", 100, 200, .suspicious), ("b", 5000, 5100, .suspicious)])
    #expect(changes.map(\.change.verdict) == [.suspect, .alive])
    #expect(changes.map(\.time) == [100, 700])
  }

  @Test func twoOfThreeWithinATimeAreADeathWithBothBallots() throws {
    let rules = ["a", "b", "c"].map { Rule.recent(.detector(.init(rawValue: $0)), for: .milliseconds(500)) }
    let changes = try run(
      suspect: .atLeast(2, of: rules), dead: .atLeast(2, of: rules),
      [("a", 100, 200, .dead), ("b", 900, 1000, .dead), ("c", 1400, 1450, .dead)])
    #expect(changes.map(\.time) == [1400])
    let death = try #require(changes.first?.change)
    #expect(death.verdict == .dead(.peerHung))
    #expect(Set(death.decidedBy.map(\.detector)) == ["b", "c"])
    #expect(death.decidedBy.allSatisfy { $0.evidence.leaning == .dead })
    // In the trail both have decided, each where it was cast, and none twice.
    let decided = death.trail.entries.filter(\.hasDecided).map(\.ballot)
    #expect(decided.map(\.detector) == ["b", "c"])
    #expect(
      death.trail.entries.count { $0.ballot.detector == "b" && $0.ballot.evidence.leaning == .dead } == 1)
  }

  @Test func aMajorityIsOutvotedAndWins() throws {
    let changes = try run(
      suspect: .majority(["a", "b", "c"]), dead: .sustained("a", for: .seconds(3600)),
      [("a", 100, 900, .dead), ("b", 100, 200, .dead), ("c", 300, 400, .suspicious)])
    // Until 200 both say so; then one does and one does not, until the third joins; then they leave.
    #expect(changes.map(\.change.verdict) == [.suspect, .alive, .suspect, .alive])
    #expect(changes.map(\.time) == [100, 200, 300, 400])
  }

  @Test func aHintIsADeathWhereTheRuleSaysSo() throws {
    let changes = try run(
      suspect: "a", dead: .all([.suspicious("a"), "b"]),
      [("a", 100, 900, .suspicious), ("b", 300, 400, .dead)])
    #expect(changes.map(\.change.verdict) == [.suspect, .dead(.peerHung)])
    #expect(changes.map(\.time) == [100, 300])
  }

  /// One puppet under two names: two ballots, two voices.
  @Test func aMethodTwiceHasTwoBallots() throws {
    let strings = PuppetStrings()
    let stage = try VirtualStage(strings)
    let log = VerdictLog()
    let policy = Policy(
      name: "twice", detectors: ["one", "two"].map { DetectorUse("puppet", named: $0) },
      suspect: "one", dead: .all(["one", "two"]))
    _ = try stage.monitor.watch(1, policy: policy) { log.take($0) }
    strings.lean(.dead, cause: .peerHung)
    stage.run(.milliseconds(20))
    #expect(log.verdicts.last == .dead(.peerHung))
    #expect(log.changes.last?.decidedBy.map(\.detector) == ["one", "two"])
    #expect(Set(log.ballots.map(\.detector)) == ["one", "two"])
  }
}
