import Testing

@testable import FlatlineCore

struct NamesTests {
  @Test(
    arguments: [(0, 0), (1, 0), (0, 1), (7, 3), (.max, 0), (0, .max), (.max - 2, .max)] as [(UInt32, UInt32)])
  func aConnectionIDIsASlotAndAGeneration(slot: UInt32, generation: UInt32) {
    let id = ConnectionID(slot: slot, generation: generation)
    #expect(id.slot == slot)
    #expect(id.generation == generation)
    #expect(ConnectionID(rawValue: id.rawValue) == id)
    #expect(id.description == "#\(slot).\(generation)")
    #expect(id != ConnectionID(slot: slot, generation: generation &+ 1))
  }

  @Test(
    arguments: [
      ("epol", "epoll"), ("EPOLL", "epoll"), ("keep-alive", "keepalive"), ("tcpinfo", "tcp-info"),
      ("heartbeet", "heartbeat"), ("fast-path", nil), ("", nil), ("zzzzzzzz", nil),
      (String(repeating: "epoll", count: 100_000), nil),
    ] as [(String, String?)])
  func suggestsOnlyNamesThatAreNear(name: String, expected: String?) {
    #expect(NearestName.of(name, in: ["epoll", "keepalive", "tcp-info", "heartbeat"]) == expected)
    #expect(NearestName.of(name, in: []) == nil)
  }

  @Test func textForATerminalIsOnePlainShortLine() {
    #expect(PolicyError.plain("größer 日本") == "größer 日本")
    #expect(PolicyError.plain("a\nb\u{1B}") == "a\\u{a}b\\u{1b}")
    #expect(PolicyError.plain("\u{2028}\u{202E}\u{85}") == "\\u{2028}\\u{202e}\\u{85}")
    #expect(PolicyError.plain(String(repeating: "x", count: 60)) == String(repeating: "x", count: 60))
    #expect(PolicyError.plain(String(repeating: "x", count: 61)).hasSuffix("x…"))
    #expect(PolicyError.plain(String(repeating: "\u{1}", count: 1000)).count < 80)
    #expect(PolicyError.plain("e" + String(repeating: "\u{301}", count: 100_000)).unicodeScalars.count < 80)
  }

  @Test func verdictsHaveAnOrder() {
    let verdicts: [Verdict] = [.alive, .suspect, .halfClosed, .dead(.peerReset)]
    #expect(verdicts.map(\.gravity) == [0, 1, 2, 3])
    #expect(verdicts.map(\.isDead) == [false, false, false, true])
    #expect(verdicts.map(\.description) == ["alive", "suspect", "halfClosed", "dead(peerReset)"])
    // A death without a named cause is silence.
    #expect(Verdict(.dead, nil) == .dead(.pathSilent))
  }
}
