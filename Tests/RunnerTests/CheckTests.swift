import FlatlineTestSupport
import Foundation
import Testing

/// `flatline check`: names and files, warnings, and what makes them errors.
@Suite("Check")
struct CheckTests {
  private static let idle = """
    {detectors: {link: {}, keepalive: {}}, suspect: 'keepalive',
      dead: {any: [{all: ['link', 'keepalive']}, 'keepalive']}}
    """
  private static let warning =
    #"warning: dead.any[0]: {"all": ["link", "keepalive"]} changes no verdict, nor the time of one"#

  @Test("An idle term is named; only --strict refuses it")
  func idleTerm() throws {
    let file = try TemporaryDirectory()
    let path = try file.write(Self.idle, to: "idle.json")
    let mild = try Flatline.run(["check", path])
    #expect(mild.status == 0)
    #expect(mild.output == ["\(path): the policy idle is valid"])
    #expect(mild.errors == ["flatline check: \(path): \(Self.warning)"])
    for words in [["check", "--strict", path], ["check", path, "--strict"]] {
      let strict = try Flatline.run(words)
      #expect(strict.status == 2)
      #expect(strict.output == [])
      #expect(strict.errors == mild.errors)
    }
  }

  @Test("Explain warns of it too")
  func explain() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(Self.idle, to: "idle.json")
    let table = try Flatline.run(["explain", path])
    #expect(table.status == 0)
    #expect(table.output.contains(Self.warning))
    let json = try Flatline.run(["explain", path, "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.joined().utf8)) as? [String: Any])
    let terms = try #require(object["idle_terms"] as? [[String: String]])
    #expect(terms.map { $0["place"] } == ["dead.any[0]"])
    #expect(object["unreachable"] as? [String] == [])
  }

  @Test("A challenge before the verdict is no idle term", arguments: ["fast-path", "lan", "go-default"])
  func named(_ name: String) throws {
    let outcome = try Flatline.run(["check", "--strict", name])
    #expect(outcome.status == 0)
    #expect(outcome.output == ["\(name): the policy \(name) is valid"])
    #expect(outcome.errors == [])
  }

  @Test("A rule whose detectors never say dead is refused")
  func unreachable() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.write(
      "{detectors: {icmp: {}, progress: {}}, suspect: 'icmp', dead: {any: ['icmp', 'progress']}}",
      to: "never.json")
    let outcome = try Flatline.run(["check", path])
    #expect(outcome.status == 2)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    let line = outcome.errors.first ?? ""
    #expect(line.contains("\(path): dead: found a rule that can never come true"), "\(line)")
    #expect(line.contains("icmp, progress never lean to dead; allowed: "), "\(line)")
  }

  @Test("A term that can never come to dead is named, with its place")
  func neverDead() throws {
    let directory = try TemporaryDirectory()
    let policy = "{detectors: {icmp: {}, progress: {}, keepalive: {}}, suspect: 'icmp', dead: RULE}"
    func check(_ rule: String) throws -> Flatline.Outcome {
      let path = try directory.write(policy.replacingOccurrences(of: "RULE", with: rule), to: "never.json")
      return try Flatline.run(["check", "--strict", path])
    }
    let idle = try check("{any: ['keepalive', {suspicious: 'progress'}, 'icmp']}")
    #expect(idle.status == 2)
    #expect(
      idle.errors.contains {
        $0.hasSuffix(
          #"warning: dead.any[2]: "icmp" can never come to dead: icmp leans to suspicious at most"#)
      }, "\(idle.errors)")
    // One that holds the rule back is no error.
    let voice = try check("{majority: ['keepalive', 'progress']}")
    #expect(voice.status == 0)
    #expect(voice.errors.count == 1)
    #expect(
      voice.errors.first?.contains(#"note: dead.majority[1]: "progress" can never come to dead"#) == true,
      "\(voice.errors)")
    let hint = "{rule: {all: ['keepalive', {suspicious: 'icmp'}]}, unless: 'progress'}"
    #expect(try check(hint).errors == [])
  }

  @Test("Too many ballots to search is a note, and no error")
  func unsearched() throws {
    let directory = try TemporaryDirectory()
    let rules =
      (1...12).map { "{sustained: 'epoll', for: '\($0)s'}" }
      + (1...12).map {
        "{sustained: 'keepalive', for: '\($0)s'}"
      } + (1...12).map { "{sustained: 'link', for: '\($0)s'}" }
    let path = try directory.write(
      "{detectors: {epoll: {}, keepalive: {}, link: {}}, suspect: 'epoll', "
        + "dead: {atLeast: 9, of: [\(rules.joined(separator: ", "))]}}", to: "large.json")
    let outcome = try Flatline.run(["check", "--strict", path])
    #expect(outcome.status == 0)
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains("note: dead: too many combinations of ballots") == true)
  }

  @Test(
    "Wrong usage is one line and exit 2",
    arguments: [
      (["check"], "NAME|FILE: found nothing"), (["check", "fastpath"], "did you mean \"fast-path\"?"),
      (["check", "lan", "--strct"], "did you mean \"--strict\"?"),
      (["check", "./none.json"], "No such file"),
    ])
  func wrong(_ arguments: [String], _ part: String) throws {
    let outcome = try Flatline.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    #expect(outcome.errors.first?.contains(part) == true, "\(outcome.errors)")
  }
}
