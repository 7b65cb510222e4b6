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

  private func policy(_ member: String) throws(PolicyError) -> Policy {
    try Policy(
      json: Array("{\(member), detectors: {d0: {}}, suspect: 'd0', dead: 'd0'}".utf8), registry: .puppets)
  }

  @Test(arguments: [
    (#"'a\x41\u00e9\ud83d\ude00'"#, "aAé😀"), (#"'\b\f\n\r\t\v\0'"#, "\u{8}\u{C}\n\r\t\u{B}\0"),
    ("'one \\\n two'", "one  two"), ("'one \\\r\n two'", "one  two"), (#"'\a\'\"\/'"#, #"a'"/"#),
    ("'a\u{2028}b'", "a\u{2028}b"), ("'a\tb'", "a\tb"),
  ])
  func textsMayHaveEscapes(_ text: String, _ summary: String) throws {
    #expect(try policy("summary: \(text)").summary == summary)
  }

  @Test(arguments: [
    #"'\x4'"#, #"'\u12'"#, #"'\ud83d'"#, #"'\ude00'"#, #"'\1'"#, #"'\01'"#, "'a\nb'", "'a\rb'", "\"a'", "'a",
  ])
  func textsThatAreNone(_ text: String) {
    let error = #expect(throws: PolicyError.self) { try policy("summary: \(text)") }
    #expect(error?.found == "text that is not JSON")
    #expect(error?.place.hasPrefix("line 1, column ") == true)
  }

  @Test(arguments: [
    ("0", 0), ("7", 7), ("-1", -1), ("+7", 7), (".5", 0.5), ("5.", 5), ("-.5e0", -0.5), ("1e-2", 0.01),
    ("0x1F", 31),
    ("0Xa", 10), ("12.25E+1", 122.5),
  ])
  func numbersMayBeWrittenSo(_ text: String, _ number: Double) throws {
    let policy = try Policy(
      json: Array("{detectors: {d0: {level: \(text)}}, suspect: 'd0', dead: 'd0'}".utf8),
      registry: .puppets)
    #expect(policy.detectors.first?.settings["level"] == .number(number))
  }

  @Test(arguments: [
    "01", "1.2.3", "0x", "0xg", ".", "e5", "1e", "1e+", "+", "--1", "1_000", "infinity", "undefined",
  ])
  func numbersThatAreNone(_ text: String) {
    let json = "{\ndetectors: {d0: {level: \(text)}}, suspect: 'd0', dead: 'd0'}"
    let error = #expect(throws: PolicyError.self) { try Policy(json: Array(json.utf8), registry: .puppets) }
    #expect(error?.place == "line 2, column 25")
  }

  @Test(arguments: [
    ("{\n// fine\n detectors: {]\n}", "line 3, column 14"), ("{ /* ", "line 1, column 3"),
    ("{a b}", "line 1, column 4"),
    ("{a: 1 b: 2}", "line 1, column 7"), ("[1,,2]", "line 1, column 4"), ("{a-b: 1}", "line 1, column 2"),
    ("{} x", "line 1, column 4"), ("{a: 1, a: 2}", "line 1, column 8"), ("[1", "line 1, column 3"),
  ])
  func whatIsWrongHasAPlace(_ text: String, _ place: String) {
    let error = #expect(throws: PolicyError.self) { try Policy(json: Array(text.utf8), registry: .puppets) }
    #expect(error?.place == place)
  }

  @Test func aKeyThatIsThereTwiceIsRefused() {
    let error = #expect(throws: PolicyError.self) { try policy("name: 'a', name: 'b'") }
    #expect(error?.found == "the key \"name\" twice")
  }
}
