import Flatline
import Testing

/// One method under two names.
struct NamedUseTests {
  private static let policy = Policy(
    name: "twice",
    detectors: [
      DetectorUse(
        "tcp-info", named: "fast",
        ["activePeriod": .duration(.milliseconds(5)), "suspectAfter": .duration(.milliseconds(50))]),
      .tcpInfo().named("slow"),
    ], suspect: "fast", dead: .all(["fast", "slow"]))

  private static let text = """
    {name: 'twice', detectors: {
      slow: {detector: 'tcp-info'}, fast: {detector: 'tcp-info', activePeriod: '5ms', suspectAfter: '50ms'}
    }, suspect: 'fast', dead: {all: ['fast', 'slow']}}
    """

  @Test func aFileAndABuilderSayTheSame() throws {
    let read = try Policy(json: Array(Self.text.utf8), registry: .builtIn)
    #expect(read.detectors.map(\.name) == ["fast", "slow"])
    #expect(read.detectors.map(\.method) == ["tcp-info", "tcp-info"])
    #expect(read.detectors[0] == Self.policy.detectors[0])
    #expect(read.dead == Self.policy.dead)
    #expect(try Policy(json: Array(read.json.utf8), registry: .builtIn) == read)
    #expect(try Policy(json: Array(Self.policy.json.utf8), registry: .builtIn) == Self.policy)
  }

  @Test func itsOwnNameNeedsNoMethod() throws {
    let text = "{detectors: {epoll: {detector: 'epoll'}}, suspect: 'epoll', dead: 'epoll'}"
    let read = try Policy(json: Array(text.utf8), registry: .builtIn)
    #expect(read.detectors == [DetectorUse("epoll")])
    #expect(!read.json.contains(#""detector":"#))
    #expect(DetectorUse("epoll", named: "epoll") == DetectorUse("epoll"))
    #expect(DetectorUse("epoll", named: "other") != DetectorUse("epoll"))
  }

  @Test func theSameNameTwiceIsRefused() {
    let policy = Policy(
      name: "p", detectors: [.tcpInfo().named("one"), .epoll().named("one")], suspect: "one", dead: "one")
    let error = #expect(throws: PolicyError.self) { try policy.validate(with: .builtIn) }
    #expect(error?.place == "detectors.one")
  }

  /// The same value of an option is no conflict.
  @Test func twoUsesMayHoldOneValue() throws {
    try Policy(
      name: "p", detectors: [.userTimeout(.seconds(5)).named("one"), .userTimeout(.seconds(5)).named("two")],
      suspect: "one", dead: "two"
    ).validate(with: .builtIn)
  }

  @Test func explanationsHaveTheNames() throws {
    let explanation = try Explanation(Self.policy, registry: .builtIn)
    let promise = try #require(explanation[.silentDrop, .inFlight])
    #expect(promise.suspectedBy == ["fast"])
    #expect(promise.decidedBy == ["fast", "slow"])
    let alone = try Explanation(
      Policy(name: "p", detectors: [.tcpInfo()], suspect: "tcp-info", dead: "tcp-info"), registry: .builtIn)
    let plain = try #require(alone[.silentDrop, .inFlight])
    #expect(try #require(promise.suspect) < (try #require(plain.suspect)))
    #expect(promise.dead == plain.dead)
  }

  private struct Odd: Detector {
    static let name: DetectorName = "odd"
    static let settings: [SettingDescription] = [.flag("detector", false, "Not to be had.")]
    init(settings: DetectorSettings) throws(PolicyError) {}
    var needs: Needs { Needs() }
    func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion { .unchanged }
  }

  @Test func noSettingHasTheKeyOfTheMethod() {
    let policy = Policy(name: "p", detectors: [DetectorUse("odd")], suspect: "odd", dead: "odd")
    let error = #expect(throws: PolicyError.self) { try policy.validate(with: DetectorRegistry([Odd.self])) }
    #expect(error?.place == "detectors.odd.detector")
  }
}
