import FlatlineTestSupport
import Foundation
import Testing

/// A wrong policy file gets one clear line and exit 2, from `check` and from `watch --policy` alike.
@Suite("Policy files")
struct PolicyFileTests {
  struct Wrong: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let data: Data
    /// What the line must say.
    let part: String

    init(_ name: String, _ text: String, _ part: String) {
      self.init(name, Data(text.utf8), part)
    }

    init(_ name: String, _ data: Data, _ part: String) {
      testDescription = name
      self.data = data
      self.part = part
    }

    /// A policy whose keepalive has these settings, and whose rule to be dead is this.
    init(_ name: String, keepalive: String = "{}", dead: String = "\"keepalive\"", _ part: String) {
      self.init(
        name, "{\"detectors\": {\"keepalive\": \(keepalive)}, \"suspect\": \"keepalive\", \"dead\": \(dead)}",
        part)
    }
  }

  static func nested(_ depth: Int) -> String {
    String(repeating: "{\"any\": [", count: depth) + "\"keepalive\"" + String(repeating: "]}", count: depth)
  }

  static let wrong: [Wrong] = [
    Wrong("unknown key", "{\"detectrs\": {}}", "did you mean \"detectors\"?"),
    Wrong("unknown key of a detector", keepalive: "{\"idlee\": \"1s\"}", "did you mean \"idle\"?"),
    Wrong(
      "unknown detector",
      "{\"detectors\": {\"keepalife\": {}}, \"suspect\": \"keepalife\", \"dead\": \"keepalife\"}",
      "did you mean \"keepalive\"?"),
    Wrong("unknown detector in a rule", dead: "\"epol\"", "unknown detector in a rule"),
    Wrong("wrong unit", keepalive: "{\"idle\": \"5 parsecs\"}", "detectors.keepalive.idle"),
    Wrong("number for a duration", keepalive: "{\"idle\": 5}", "detectors.keepalive.idle"),
    Wrong("negative duration", keepalive: "{\"idle\": \"-1s\"}", "detectors.keepalive.idle"),
    Wrong("absurd duration", keepalive: "{\"idle\": \"99999999999999h\"}", "detectors.keepalive.idle"),
    Wrong(
      "rule vetoed by itself", dead: "{\"rule\": \"keepalive\", \"unless\": \"keepalive\"}",
      "vetoed by itself"),
    Wrong(
      "rule that can never be true", dead: "{\"atLeast\": 2, \"of\": [\"keepalive\"]}", "2 of 1"),
    Wrong("rules nested 70 deep", dead: nested(70), "nested deeper than"),
    Wrong("rules nested 5,000 deep", dead: nested(5000), "nested deeper than"),
    Wrong("brackets 1,000,000 deep", String(repeating: "[", count: 1_000_000), "nested deeper than"),
    Wrong("empty", "", "an empty file"),
    Wrong("blank", " \n\t\n", "an empty file"),
    Wrong("binary", Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 * 7) }), "not UTF-8 text"),
    Wrong("10 MB", Data(repeating: UInt8(ascii: " "), count: 10_000_000), "at most 1048576 bytes"),
    Wrong("cut off", "{\"detectors\": {", "not JSON"),
    Wrong("a list", "[]", "the top level"),
  ]

  @Test("By check", arguments: wrong)
  func check(_ wrong: Wrong) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(wrong.data, to: "wrong.json")
    try expectRefusal(["check", file], of: wrong, file: file)
  }

  @Test("By watch --policy", arguments: wrong)
  func watch(_ wrong: Wrong) throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(wrong.data, to: "wrong.json")
    // Nothing is connected to before the policy is known to be right.
    try expectRefusal(["watch", "127.0.0.1:1", "--policy", file], of: wrong, file: file)
  }

  private func expectRefusal(_ arguments: [String], of wrong: Wrong, file: String) throws {
    let outcome = try Flatline.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output == [])
    #expect(outcome.errors.count == 1)
    let line = outcome.errors.first ?? ""
    #expect(line.contains(wrong.part), "\(line)")
    #expect(line.contains(file), "\(line)")
    #expect(line.utf8.count < 1000)
  }

  @Test("A file that cannot be read", arguments: ["/", "/nonexistent/policy.json", "/proc/self/mem"])
  func unreadable(_ file: String) throws {
    let outcome = try Flatline.run(["check", file])
    #expect(outcome.status == 2)
    #expect(outcome.errors.count == 1)
  }

  @Test(
    "A file is a file for every command: by its suffix, or by being there",
    arguments: ["ten.json", "ten.json5", "ten.policy"])
  func byAnyName(_ name: String) throws {
    let directory = try TemporaryDirectory()
    try directory.write("{detectors: {epoll: {}}, suspect: 'epoll', dead: 'epoll'}", to: name)
    // No directory of it stands before the name.
    for command in ["check", "explain", "policies", "lab --policy", "watch 127.0.0.1:1 --policy"] {
      let outcome = try Flatline.shell(
        "cd '\(directory.path)' && exec \"$FLATLINE\" \(command) \(name) \(command.hasPrefix("lab") ? "--fault none" : "")"
      )
      let errors = outcome.errors.joined()
      #expect(!errors.contains("unknown policy"), "\(command): \(errors)")
      // The lab found the policy and then no such fault; nobody listens at the port.
      let status: Int32 = command.hasPrefix("lab") ? 2 : command.hasPrefix("watch") ? 1 : 0
      #expect(outcome.status == status, "\(command): \(errors)")
    }
  }

  @Test("A policy's name comes before a file of that name, and a missing file with a suffix is told as one")
  func namesFirst() throws {
    let directory = try TemporaryDirectory()
    try directory.write("not a policy", to: "lan")
    let named = try Flatline.shell("cd '\(directory.path)' && exec \"$FLATLINE\" explain lan")
    #expect(named.status == 0, "\(named.errors)")
    let missing = try Flatline.run(["explain", "missing.json5"])
    #expect(missing.errors.first?.contains("No such file") == true, "\(missing.errors)")
  }

  @Test("The user's own directory has .json and .json5")
  func ownDirectory() throws {
    let home = try TemporaryDirectory()
    let folder = home.path + "/flatline/policies"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (file, summary) in [
      ("five.json5", "Five."), ("both.json", "The first."), ("both.json5", "The second."),
    ] {
      let text = "{summary: '\(summary)', detectors: {epoll: {}}, suspect: 'epoll', dead: 'epoll'}"
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(file)"))
    }
    let environment = ["XDG_CONFIG_HOME": home.path]
    let list = try Flatline.run(["policies"], environment: environment).output
    #expect(list.filter { $0.hasPrefix("five ") }.count == 1 && list.contains { $0.hasSuffix("Five.") })
    #expect(list.filter { $0.hasPrefix("both ") }.count == 1 && list.contains { $0.hasSuffix("The first.") })
    #expect(try Flatline.run(["explain", "five"], environment: environment).output.first == "five: Five.")
  }

  @Test("A right file, comments and all")
  func right() throws {
    let directory = try TemporaryDirectory()
    let text = """
      // For the test.
      {name: 'mine', detectors: {keepalive: {idle: '2s'},}, suspect: 'keepalive', dead: 'keepalive'}
      """
    let file = try directory.write(text, to: "mine.json")
    let outcome = try Flatline.run(["check", file])
    #expect(outcome.status == 0)
    #expect(outcome.output == ["\(file): the policy mine is valid"])
    #expect(outcome.errors == [])
  }
}
