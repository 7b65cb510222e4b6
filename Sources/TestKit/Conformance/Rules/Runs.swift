import FlatlineCore

/// What the rules on scripted sockets share.
enum Runs {
  /// How long a world is lived in: long enough for the slowest of usual settings to see a death.
  static let length = Duration.seconds(30)

  /// Each kind of life and death, with challenges between.
  static var worlds: [ScriptedWorld] {
    ScriptedWorld.all.map { $0.challenged(every: .milliseconds(730), until: length) }
  }

  /// Every event a detector may be given, in no particular order.
  static let events: [Signal.Event] =
    readiness.map { .readiness($0) } + [
      .deadline, .challenge, .source(0), .received(bytes: 1), .received(bytes: .max),
      .clockStall(.milliseconds(200)),
      .clockStall(.seconds(86_400)),
    ]

  /// Every combination of the bits.
  static let readiness: [Readiness] = {
    let bits: [Readiness] = [.readable, .writable, .readHangUp, .hangUp, .error]
    return (0..<1 << bits.count).map { mask in
      Readiness(bits.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element))
    }
  }()
}

extension DetectorConformance {
  /// A fresh run for each world, until enough has been found.
  func inEachWorld(
    _ pinger: (any Pinger)?, _ trial: inout Trial,
    _ body: (ScriptedWorld, DetectorRun<Method>, inout Trial) -> Void
  ) throws {
    for world in Runs.worlds {
      guard let run = trial.attach(try make(), pinger: pinger) else { return }
      body(world, run, &trial)
      if trial.isOver { return }
    }
  }
}

extension Evidence {
  /// In a few words, for a story.
  var story: String { "\(leaning)" + (cause.map { "(\($0))" } ?? "") }
}

extension [Evidence] {
  /// In a few words, for a story.
  var story: String { isEmpty ? "nothing" : prefix(5).map(\.story).joined(separator: ", ") }
}
