import Flatline
import Testing

/// Policy files are for people: JSON5 (https://spec.json5.org).
struct JSON5Tests {
  @Test func commentsTrailingCommasAndSingleQuotesAreAccepted() throws {
    let text = """
      // A policy of mine. Brackets in comments do not count: [[[[ {{{{
      {
        /* all of it
           in one block: } ] */
        name: 'mine',
        summary: 'it\\'s "mine"',
        detectors: { "d0": { wait: '250ms', count: +0x0A, level: .5, on: true, }, d1: {}, },
        suspect: { any: ['d0', 'd1',], },
        dead: { sustained: 'd0', for: '2s' }, // the end
      }
      """
    let policy = try Policy(json: Array(text.utf8), registry: .puppets)
    #expect(
      policy
        == Policy(
          name: "mine", summary: "it's \"mine\"",
          detectors: [
            DetectorUse(
              "d0", ["wait": .text("250ms"), "count": .number(10), "level": .number(0.5), "on": .flag(true)]),
            DetectorUse("d1"),
          ], suspect: .any(["d0", "d1"]), dead: .sustained("d0", for: .seconds(2))))
  }

  @Test func aByteOrderMarkAndCarriageReturnsDoNoHarm() throws {
    let text =
      "\u{FEFF}{\r\n// one\r\n\"detectors\": {\"d0\": {}},\r\n\"suspect\": \"d0\",\r\n\"dead\": \"d0\"\r\n}\r\n"
    let policy = try Policy(json: Array(text.utf8), named: "file", registry: .puppets)
    #expect(policy.name == "file")
  }

  @Test func longTextsFullOfBracketsAreTexts() throws {
    let brackets = String(repeating: "[{", count: 100_000)
    let text = "{summary: '\(brackets)', detectors: {d0: {}}, suspect: 'd0', dead: 'd0'}"
    #expect(try Policy(json: Array(text.utf8), registry: .puppets).summary == brackets)
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let policy = try Policy(
      json: Array("{detectors:{d0:{}},suspect:'d0',dead:'d0'}".utf8), registry: .puppets)
    #expect(policy.halfClose == .dead)
    #expect(policy.conclusive == .wins)
    #expect(policy.name == "unnamed")
    #expect(policy.summary.isEmpty)
  }
}
