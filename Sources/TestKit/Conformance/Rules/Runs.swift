import FlatlineCore

/// The common code of the rules on scripted sockets.
enum Runs {
  /// What a source may give, in no order: numbers, and a value of a type of its own.
  private static let news: [LookReasons] =
    [1, 0, 2, 3, 7, 255, 1 << 32, .max, 0, 1].map { .news($0) } + [.news(value: "maintenance")]

  /// Each kind of life and death, with challenges between, with bytes that the app reports, and with news of a source.
  static func worlds(until length: Duration) -> [ScriptedWorld] {
    let beat = Duration.milliseconds(100)
    let silence = ScriptedWorld.silentIdle(from: .seconds(1))
    let hung = ScriptedWorld.hung(from: .seconds(1))
    let heard = [
      ScriptedWorld.healthy.receiving(10, every: beat, until: length).named(
        "a healthy peer that the app hears"),
      silence.receiving(10, every: beat, until: .seconds(1)).named("silence after bytes that the app heard"),
      hung.receiving(10, every: beat, until: .seconds(1)).named(
        "a hung program after bytes that the app heard"),
    ]
    let told = [
      ScriptedWorld.healthy.adding(newsEvents(until: length)).named("a healthy peer and news of a source"),
      silence.adding(newsEvents(until: length)).named("silence and news of a source"),
    ]
    return (ScriptedWorld.all + heard + told).map { $0.challenged(every: .milliseconds(730), until: length) }
  }

  private static func newsEvents(until length: Duration) -> [(time: Duration, reasons: LookReasons)] {
    let period = Duration.milliseconds(970)
    let count = Int(length / period)
    return (0..<max(1, count)).map { (period * ($0 + 1), news[$0 % news.count]) }
  }

  /// Every reason for a look at a detector, in no particular order.
  static func reasons(_ needs: Needs) -> [LookReasons] {
    let bits = readiness.map { LookReasons.readiness($0) }
    let sum = LookReasons.due.and(.received(1)).and(.news(1)).and(.readiness([.readable, .writable]))
    return bits + bits.map { $0.and(.due) }
      + [
        .due, .challenge, .news(0), .news(2), .news(.max), .received(1), .received(.max), sum,
        .pingOutcome(.notNow), .pingOutcome(.handshakePending), .pingOutcome(.streamFull),
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
  ///
  /// - Parameter connection: for detectors that call the kernel themselves, a real connection to do so.
  func inEachWorld(
    _ pinger: (any Pinger)?, _ trial: inout Trial, on connection: LoopbackConnection? = nil,
    _ body: (ScriptedWorld, DetectorRun<Method>, inout Trial) throws -> Void
  ) throws {
    let descriptor = connection?.near ?? ScriptedSocket.descriptor
    for world in worlds {
      trial.enter("the world \"\(world.name)\"")
      guard let run = trial.begin(try make(), descriptor: descriptor, pinger: pinger) else { return }
      try body(world, run, &trial)
      if trial.isOver { return }
    }
  }
}

extension DetectorRun {
  /// The time since the beginning, for a story.
  var age: String { "\(clock.now - start) after the beginning" }
}

extension Evidence {
  /// A short text for a story.
  var story: String { "\(leaning)" + (cause.map { "(\($0))" } ?? "") }
}

extension [Evidence] {
  /// A short text for a story.
  var story: String { isEmpty ? "nothing" : prefix(5).map(\.story).joined(separator: ", ") }
}

extension Opinion {
  /// A short text for a story.
  var story: String {
    let next =
      next.map { $0 == .never ? ", never to look again" : ", to look next at \($0.nanoseconds)" } ?? ""
    let time = evidence.map { " of \($0.time.nanoseconds)" } ?? ""
    return "\(evidence?.story, or: "nothing")\(time)\(next)"
      + (actions.isEmpty ? "" : ", with \(actions.count) actions")
  }
}
