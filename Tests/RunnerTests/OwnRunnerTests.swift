import FlatlineTestSupport
import Foundation
import Testing

/// A runner of six lines has every command for its own detectors and heartbeat protocols.
@Suite struct OwnRunnerTests {
  private static let stuck = """
    {detectors: {epoll: {}, stuck: {after: '300ms'}}, suspect: 'stuck', dead: {any: ['epoll', 'stuck']}}
    """
  private static let taciturn = """
    {detectors: {epoll: {}, taciturn: {}}, suspect: 'taciturn', dead: {all: ['epoll', 'taciturn']}}
    """

  private func run(_ arguments: [String], home: TemporaryDirectory? = nil) throws -> Flatline.Outcome {
    try Flatline.run(
      arguments, by: Flatline.ownRunner,
      environment: home.map { ["XDG_CONFIG_HOME": $0.path] } ?? [:])
  }

  @Test("Help, usage, errors and the version have its name")
  func hasItsOwnName() throws {
    let overview = try run(["--help"]).output
    for command in ["watch", "policies", "explain", "detectors", "check", "serve", "lab", "demo"] {
      #expect(overview.contains { $0.hasPrefix("  own-runner \(command) ") })
      let help = try run(["help", command]).output
      #expect(help.contains { $0.hasPrefix("Usage: own-runner \(command)") })
      #expect(!help.contains { $0.contains("flatline ") }, "\(help)")
    }
    #expect(!overview.contains { $0.contains("flatline") })
    #expect(try run(["--version"]).output.first?.hasPrefix("own-runner (flatline ") == true)
    #expect(try run(["wach"]).errors.first?.hasPrefix("own-runner: the command") == true)
    #expect(try run(["check", "nothing"]).errors.first?.hasPrefix("own-runner check: ") == true)
  }

  @Test("The detectors are its own too")
  func detectors() throws {
    let output = try run(["detectors"]).output
    #expect(output.contains("stuck") && output.contains("taciturn") && output.contains("tcp-info"))
    #expect(output.contains { $0.hasPrefix("  after  ") && $0.contains("default \"500ms\"") })
    #expect(!(try Flatline.run(["detectors"]).output.contains("stuck")))
  }

  @Test("Names close to its own are suggested")
  func suggestions() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "{detectors: {stuk: {}}, suspect: 'stuk', dead: 'stuk'}", to: "wrong.json5")
    for command in [["check", file], ["explain", file], ["watch", "127.0.0.1:1", "--policy", file]] {
      let outcome = try run(command)
      #expect(outcome.status == 2)
      #expect(outcome.errors.first?.contains("did you mean \"stuck\"?") == true, "\(outcome)")
    }
    let knock = try run(["watch", "127.0.0.1:1", "--heartbeat", "knok"])
    #expect(knock.status == 2)
    #expect(knock.errors.first?.contains("did you mean \"knock\"?") == true, "\(knock)")
    #expect(try run(["help", "watch"]).output.contains { $0.contains("framed, knock.") })
  }

  @Test("Its policies are listed, printed, checked and explained")
  func policies() throws {
    let home = try TemporaryDirectory()
    let folder = home.path + "/flatline/policies"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(Self.stuck.utf8).write(to: URL(fileURLWithPath: folder + "/mine.json5"))
    #expect(try run(["policies"], home: home).output.first?.hasPrefix("mine ") == true)
    #expect(try run(["policies", "mine"], home: home).output.contains { $0.contains("stuck") })
    #expect(try run(["check", "mine"], home: home).status == 0)
    let piped = try Flatline.shell(
      "'\(Flatline.ownRunner)' policies mine | '\(Flatline.ownRunner)' check -",
      environment: ["XDG_CONFIG_HOME": home.path])
    #expect(piped.status == 0, "\(piped)")
    // The stock command knows no such detector.
    let stock = try Flatline.run(["check", "mine"], environment: ["XDG_CONFIG_HOME": home.path])
    #expect(stock.status == 2)
    let explained = try run(["explain", "mine"], home: home)
    #expect(explained.status == 0)
    let silence = try #require(
      explained.output.drop { !$0.hasPrefix("silent-drop ") }.first { $0.contains("in-flight") })
    #expect(silence.hasSuffix("stuck"), "\(silence)")
    #expect(!explained.output.contains { $0.contains("left out") || $0.contains("without") })
  }

  @Test("explain names a detector without a promise in its rows and at the end")
  func leftOut() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(Self.taciturn, to: "taciturn.json5")
    let text = try run(["explain", file])
    #expect(text.status == 0)
    let silence = try #require(
      text.output.drop { !$0.hasPrefix("silent-drop ") }.first { $0.contains("in-flight") })
    #expect(silence.hasSuffix("; without taciturn"), "\(silence)")
    #expect(silence.contains(" ? "), "\(silence)")
    #expect(text.output.contains { $0.hasPrefix("note: no time rests on taciturn") }, "\(text.output)")
    let json = try run(["explain", file, "--json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.joined().utf8)) as? [String: Any])
    #expect(object["left_out"] as? [String] == ["taciturn"])
  }

  @Test("watch decides by its detector and speaks its protocol")
  func watches() throws {
    let server = try ChildProcess(
      Flatline.ownRunner, ["serve", "127.0.0.1:0"], environment: Flatline.environment())
    let address = try server.waitForLine(containing: "listening on ").text.split(separator: " ").last ?? ""
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      """
      {detectors: {heartbeat: {interval: '50ms', misses: 10}, taciturn: {after: '300ms'}},
        suspect: 'heartbeat', dead: {all: ['heartbeat', 'taciturn']}}
      """, to: "knock.json5")
    let watch = try Flatline.start(
      ["watch", String(address), "--policy", file, "--heartbeat", "knock", "--json"], by: Flatline.ownRunner)
    // The protocol's first pong.
    try watch.waitForLine(containing: "\"alive\"")
    kill(server.pid, SIGSTOP)
    let outcome = try Flatline.outcome(of: watch)
    kill(server.pid, SIGKILL)
    #expect(outcome.status == 3, "\(outcome)")
    #expect(outcome.output.contains { $0.contains("\"taciturn\"") })
    #expect(outcome.output.first?.contains("\"knock\"") == true)
  }

  @Test("demo starts servers of its own")
  func demo() throws {
    let outcome = try run(["demo"])
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.last == "Every verdict was the expected one.")
  }
}
