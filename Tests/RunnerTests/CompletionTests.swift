import FlatlineTestSupport
import Foundation
import Testing

/// The shells, completing our words.
@Suite(.serialized) struct CompletionTests {
  enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish

    static func isInstalled(_ shell: Shell) -> Bool {
      ["/bin", "/usr/bin", "/usr/local/bin"].contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(shell.rawValue)")
      }
    }
    static let missing = allCases.filter { !isInstalled($0) }
  }

  /// A line in the making, and what must be offered: all of it, in any order.
  static let lines: [(String, [String])] = [
    ("flatline wa", ["watch"]),
    ("flatline d", ["demo", "detectors"]),
    ("flatline watch --po", ["--policy"]),
    ("flatline watch --policy fas", ["fast-path"]),
    ("flatline watch --heartbeat r", ["redis"]),
    ("flatline policies wa", ["wan"]),
    ("flatline serve --re", ["--reset"]),
    ("flatline lab --traffic in", ["in-flight"]),
    ("flatline lab --ca", ["--causes"]),
    ("flatline lab --policy lan --policy wa", ["wan"]),
    ("flatline help po", ["policies"]),
    ("flatline check /etc/hostna", ["/etc/hostname"]),
    ("flatline completions ", ["bash", "fish", "zsh"]),
    ("own-runner wa", ["watch"]),
    ("own-runner watch --heartbeat k", ["knock"]),
    ("own-runner policies wa", ["wan"]),
    ("own-runner check /etc/hostna", ["/etc/hostname"]),
    // By its path, whether the shell would find it or not.
    ("\(Flatline.ownRunner) policies wa", ["wan"]),
  ]

  @Test(
    .enabled(if: Shell.missing.isEmpty, "not installed: \(Shell.missing)"), arguments: Shell.allCases, lines)
  func completes(shell: Shell, line: (text: String, offers: [String])) throws {
    let program = line.text.hasPrefix("flatline") ? "flatline" : "own-runner"
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let script = here.appendingPathComponent("Completions/complete.\(shell.rawValue)").path
    let programs = URL(fileURLWithPath: Flatline.path).deletingLastPathComponent().path
    // Without what the machine's own start files would add.
    let bare = shell == .zsh ? "-f" : shell == .bash ? "--norc" : "--no-config"
    let outcome = try Flatline.shell(
      "exec \(shell.rawValue) \(bare) '\(script)' '\(line.text)' \(program)",
      environment: ["PATH": "\(programs):/usr/bin:/bin:/usr/local/bin", "TERM": "dumb"])
    // zsh completes a path piece by piece.
    let offered = outcome.output.map { $0 == "hostname" ? "/etc/hostname" : $0 }
    #expect(offered == line.offers, "\(outcome.errors)")
  }

  @Test func aWrongShellIsTold() throws {
    let outcome = try Flatline.run(["completions", "fisch"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.first?.contains("did you mean \"fish\"?") == true)
  }
}
