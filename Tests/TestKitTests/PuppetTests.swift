import Flatline
import FlatlineTestKit
import Testing

/// Voters on strings, on a real monitor.
@Suite(.timeLimit(.minutes(5))) struct PuppetTests {
  private struct Radar: Puppet {
    static let name: DetectorName = "radar"
    let strings: PuppetStrings
  }

  private let policy = Policy("two of two") {
    DetectorUse("puppet")
    DetectorUse("radar")
  } suspect: {
    "puppet"
    "radar"
  } dead: {
    Rule.all {
      "puppet"
      "radar"
    }
  }

  @Test func aPolicyIsTriedWithoutANetworkThatFails() async throws {
    let (first, second) = (PuppetStrings(), PuppetStrings())
    let registry = DetectorRegistry.builtIn.registering(PuppetDetector(strings: first))
      .registering(Radar(strings: second))
    let connection = try LoopbackConnection()
    let monitor = try Monitor(registry: registry)
    let changes = try monitor.verdictChanges(of: connection.near, policy: policy)
    first.lean(.dead, cause: .peerHung)
    var seen: [Verdict] = []
    for await change in changes {
      seen.append(change.verdict)
      if change.verdict == .suspect { second.lean(.dead, cause: .peerHung) }
    }
    #expect(seen == [.suspect, .dead(.peerHung)])
    #expect(first.looks.contains { $0.isDue })
    #expect(!second.looks.isEmpty)
  }

  @Test func aPuppetStandsInForADetectorOfAPolicyAsItIs() async throws {
    let policy = Policy(
      name: "sampled", detectors: [DetectorUse("tcp-info", ["period": .duration(.milliseconds(50))])],
      suspect: "tcp-info", dead: "tcp-info")
    let strings = PuppetStrings()
    let monitor = try Monitor(registry: DetectorRegistry.builtIn.standingIn(strings, for: "tcp-info"))
    let connection = try LoopbackConnection()
    strings.lean(.dead, cause: .peerHung)
    let gone = try await monitor.disconnection(of: connection.near, policy: policy)
    #expect(gone.cause == .peerHung)
    #expect(gone.decidedBy.map(\.detector) == ["tcp-info"])
    withExtendedLifetime(connection) {}
  }

  @Test func aDetectorThatIsMadeAlreadyTakesNoSettings() throws {
    let registry = DetectorRegistry().registering(PuppetDetector(strings: PuppetStrings()))
    let policy = Policy(
      name: "wrong", detectors: [DetectorUse("puppet", ["period": .duration(.seconds(1))])],
      suspect: "puppet",
      dead: "puppet")
    let error = #expect(throws: PolicyError.self) { try policy.validate(with: registry) }
    #expect(error?.place == "detectors.puppet")
  }

  @Test func aPuppetThatNobodyPullsSaysNothing() throws {
    let registry = DetectorRegistry([PuppetDetector.self])
    let connection = try LoopbackConnection()
    let monitor = try Monitor(registry: registry)
    let id = try monitor.watch(connection.near, policy: PuppetDetector.policy)
    #expect(monitor.verdict(of: id) == .alive)
  }
}
