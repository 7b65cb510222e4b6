import FlatlineTestSupport
import Foundation

/// The program under test, as a user runs it.
enum Flatline {
  /// How a run ended and what it said.
  struct Outcome {
    let status: Int32?
    let output: [String]
    let errors: [String]
  }

  /// Where SwiftPM puts it: beside the program that runs the tests.
  static var path: String {
    BuiltProgram.path("flatline")
  }

  /// A runner with a detector and a heartbeat protocol of its own.
  static var ownRunner: String {
    BuiltProgram.path("own-runner")
  }

  /// Our environment without what a user may have set, and with `changes`.
  static func environment(_ changes: [String: String] = [:]) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in ["XDG_CONFIG_HOME", "NO_COLOR", "FLATLINE_PASSWORD"] { environment[name] = nil }
    return environment.merging(changes) { $1 }
  }

  static func start(
    _ arguments: [String], by program: String = path, environment changes: [String: String] = [:]
  ) throws -> ChildProcess {
    try ChildProcess(program, arguments, environment: environment(changes))
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], by program: String = path, environment changes: [String: String] = [:]
  ) throws -> Outcome {
    try outcome(of: start(arguments, by: program, environment: changes))
  }

  /// Runs a line of shell; `$FLATLINE` is the program.
  static func shell(_ line: String, environment changes: [String: String] = [:]) throws -> Outcome {
    let environment = environment(changes.merging(["FLATLINE": path]) { $1 })
    return try outcome(of: ChildProcess("/bin/sh", ["-c", line], environment: environment))
  }

  static func outcome(of process: ChildProcess) throws -> Outcome {
    let ending = try process.waitForExit(timeout: .seconds(60))
    var status: Int32?
    if case .exited(let code) = ending { status = code }
    let lines = process.lines
    return Outcome(
      status: status, output: lines.filter { $0.stream == .output }.map(\.text),
      errors: lines.filter { $0.stream == .error }.map(\.text))
  }

  /// A server to watch, and where it listens.
  static func serve(_ arguments: [String] = ["127.0.0.1:0"]) throws -> (
    process: ChildProcess, address: String
  ) {
    let process = try start(["serve"] + arguments)
    let line = try process.waitForLine(containing: "listening on ")
    return (process, line.text.split(separator: " ").last.map(String.init) ?? "")
  }
}
