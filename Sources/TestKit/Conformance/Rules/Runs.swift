import FlatlineCore

/// The common code of the rules on scripted sockets.
enum Runs {
  /// The duration of a run in one world: long enough for a death under the slowest of usual settings.
  static let length = Duration.seconds(30)

  /// Each kind of life and death, with challenges between.
  static var worlds: [ScriptedWorld] {
    ScriptedWorld.all.map { $0.challenged(every: .milliseconds(730), until: length) }
  }

  /// Every reason for a look at a detector, in no particular order.
  static func reasons(_ needs: Needs) -> [LookReasons] {
    let bits = readiness.map { LookReasons.readiness($0) }
    let sum = LookReasons.due.and(.received(1)).and(.news(1)).and(.readiness([.readable, .writable]))
    return bits + bits.map { $0.and(.due) }
      + [
        .due, .challenge, .news(0), .news(.max), .received(1), .received(.max), sum, .pingOutcome(.notNow),
        .stall(.milliseconds(200)), .stall(.seconds(86_400)), .pingOutcome(.never),
      ] + needs.options.map { .changed($0.option) }
  }

  /// Every combination of the bits.
  static let readiness: [Readiness] = {
    let bits: [Readiness] = [.readable, .writable, .readHangUp, .hangUp, .error]
    return (0..<1 << bits.count).map { mask in
      Readiness(bits.enumerated().filter { mask >> $0.offset & 1 == 1 }.map(\.element))
    }
  }()
}

extension DetectorConformance {
  /// A new run for each world, until enough violations have been found.
  func inEachWorld(
    _ pinger: (any Pinger)?, _ trial: inout Trial,
    _ body: (ScriptedWorld, DetectorRun<Method>, inout Trial) -> Void
  ) throws {
    for world in Runs.worlds {
      guard let run = trial.begin(try make(), pinger: pinger) else { return }
      body(world, run, &trial)
      if trial.isOver { return }
    }
  }
}

extension Evidence {
  /// A short text for a story.
  var story: String { "\(leaning)" + (cause.map { "(\($0))" } ?? "") }
}

extension [Evidence] {
  /// A short text for a story.
  var story: String { isEmpty ? "nothing" : prefix(5).map(\.story).joined(separator: ", ") }
}
