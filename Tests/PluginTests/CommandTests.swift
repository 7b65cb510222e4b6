import FlatlineTestSupport
import Foundation
import Testing

/// `--plugin FILE`, an option of every command.
@Suite(.onOwnThread)
struct CommandTests {
  private let directory: TemporaryDirectory
  private let plugin: String
  private let policy: String

  init() throws {
    directory = try TemporaryDirectory()
    plugin = try CLibrary.build("Tests/PluginTests/Plugins/plugin.c", in: directory)
    policy = try directory.write(
      #"{detectors: {"in-c": {attempts: 2}}, suspect: "in-c", dead: "in-c"}"#, to: "ours.json")
  }

  /// What the command printed, and its status.
  private func run(
    _ words: String...
  ) throws -> (status: ChildProcess.Ending, output: [String], errors: [String]) {
    let process = try ChildProcess(BuiltProgram.path("flatline"), words)
    let status = try process.waitForExit(timeout: .seconds(30))
    let lines = process.lines
    return (
      status, lines.filter { $0.stream == .output }.map(\.text),
      lines.filter { $0.stream == .error }.map(\.text)
    )
  }

  @Test func aLoadedDetectorIsListedWithItsSettings() throws {
    for words in [["detectors", "--plugin", plugin], ["--plugin=\(plugin)", "detectors"]] {
      let process = try ChildProcess(BuiltProgram.path("flatline"), words)
      #expect(try process.waitForExit() == .exited(0))
      let lines = process.lines.map(\.text)
      #expect(lines.contains("in-c"))
      #expect(lines.contains("  attempts  (a whole number from 1 to 15; default 3)"))
      #expect(lines.contains("tcp-info"))
    }
  }

  @Test func aPolicyMayNameItOnlyWhereItIsLoaded() throws {
    let good = try run("check", policy, "--plugin", plugin)
    #expect(good.status == .exited(0), "\(good.errors)")
    let bad = try run("check", policy)
    #expect(bad.status == .exited(2))
    #expect(bad.errors.count == 1 && bad.errors[0].contains("unknown detector \"in-c\""))
  }

  @Test func explainNamesItAsWithoutAPromise() throws {
    let explained = try run("explain", policy, "--plugin", plugin)
    #expect(explained.status == .exited(0), "\(explained.errors)")
    #expect(explained.output.contains { $0.contains("in-c") })
  }

  @Test func watchDecidesByIt() throws {
    let listener = try ChildProcess(BuiltProgram.path("flatline"), ["serve", "127.0.0.1:0"])
    let line = try listener.waitForLine(containing: "127.0.0.1:").text
    let end = try #require(line.split(separator: " ").first { $0.hasPrefix("127.0.0.1:") })
    let watch = try ChildProcess(
      BuiltProgram.path("flatline"), ["watch", String(end), "--policy", policy, "--plugin", plugin])
    try watch.waitForLine(containing: "attached")
    // Terminated, the server accepts whoever waits and closes in order; killed, it would reset them.
    listener.terminate()
    #expect(try watch.waitForExit() == .exited(3))
    #expect(watch.lines.contains { $0.text.contains("dead(peerClosed)  by in-c") }, "\(watch.lines)")
  }

  @Test func everyHelpHasIt() throws {
    for command in ["watch", "policies", "check", "lab", "completions"] {
      let help = try run("help", command)
      #expect(help.output.contains { $0.hasPrefix("  --plugin FILE ...") }, "\(command)")
    }
  }

  @Test func whatIsWrongIsOneLine() throws {
    let text = try directory.write("text", to: "text.so")
    let wrong: [([String], String)] = [
      (["detectors", "--plugin", text], "\(text): found file too short; allowed: a shared library"),
      (["detectors", "--plugin"], "--plugin: found no value; allowed: --plugin FILE"),
      (["--plugin=", "detectors"], "--plugin: found no value; allowed: --plugin FILE"),
      (
        ["detectors", "--plugin", plugin, "--plugin", plugin],
        "detectors.in-c: found a detector of that name already; allowed: a name that is not taken"
      ),
      // After `--` it is an operand like any other.
      (["detectors", "--", "--plugin"], "found \"--plugin\" too many"),
    ]
    for (words, expected) in wrong {
      let process = try ChildProcess(BuiltProgram.path("flatline"), words)
      #expect(try process.waitForExit() == .exited(2))
      let lines = process.lines.map(\.text)
      #expect(lines.count == 1 && lines[0].contains(expected.suffix(60)), "\(lines)")
    }
  }
}
