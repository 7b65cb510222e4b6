import FlatlineCore
import FlatlineTestKit
import Retransmitting

/// The scripted worlds, and runs of detectors in them.
enum Worlds {
  static let start = Duration.seconds(1)
  static let all: [ScriptedWorld] = [
    .healthy, .silentInFlight(from: start), .finished(at: start), .reset(at: start), passing,
  ]

  /// A silence that ends: three time-outs, then an acknowledgement.
  private static let passing = ScriptedWorld("a silence that passes") { time in
    let silent = ScriptedWorld.silentInFlight(from: start)
    return time < .seconds(3) ? silent.info(time) : ScriptedWorld.healthy.info(time)
  }

  /// The evidence of a detector in a world, for twenty seconds.
  static func play(_ world: ScriptedWorld, _ detector: any Detector) throws -> [Evidence] {
    try run(world, detector)
  }

  private static func run<Method: Detector>(
    _ world: ScriptedWorld, _ detector: Method
  ) throws -> [Evidence] {
    try DetectorRun(detector, on: ScriptedSocket(world.info(.zero))).play(world, for: .seconds(20))
  }

  /// The looks of a run, each a line of what such a detector reads, and what the detector says to each.
  static func record<Method: Detector>(
    _ world: ScriptedWorld, _ type: Method.Type
  ) throws -> (looks: [String], opinions: [String]) {
    let run = try DetectorRun(type, on: ScriptedSocket(world.info(.zero)))
    var looks: [String] = []
    var opinions: [String] = []
    run.play(world, for: .seconds(20)) { reasons in
      let look = run.look(reasons)
      let end = look.end.map { $0.isHalfClose ? "1" : "2" } ?? "0"
      looks.append("\(look.now.nanoseconds) \(look.tcpInfo.map { "\($0.retransmits)" } ?? "-") \(end)")
      let evidence = run.examine(look)
      opinions.append(evidence.map(line) ?? "unchanged")
      return evidence
    }
    return (looks, opinions)
  }

  /// Evidence as Python's test prints an opinion.
  private static func line(_ evidence: Evidence) -> String {
    if evidence.isConclusive { return "end" }
    guard evidence.leaning > .alive else { return "abstains" }
    let facts = evidence.notes.map(\.description).joined(separator: " ")
    return "\(evidence.leaning) \(evidence.layer) \(evidence.cause?.rawValue ?? "-") \(facts)"
  }
}

/// The detector in Python.
enum Python {
  static func opinions(on looks: [String]) throws -> [String] {
    let printed = try Command.run(
      "/usr/bin/env", ["python3", "-B", "\(BuiltPlugin.example)/Python/play.py"],
      input: looks.joined(separator: "\n") + "\n")
    return printed.split(separator: "\n").map(String.init)
  }
}
