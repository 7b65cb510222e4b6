import FlatlineCore

extension DetectorConformance {
  func blamesNobodyForOurStall(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needsAccusation()
    var accuses = false
    try inEachWorld(pinger, &trial) { world, run, _ in
      if run.play(world, for: length).contains(where: { $0.leaning >= .suspicious }) { accuses = true }
    }
    if accuses { trial.needs("it suspects the peer in each of the worlds without a sleep too") }

    for life in Self.lives {
      trial.enter("\(life.name), without a sleep")
      guard let awake = trial.begin(try make(), pinger: pinger) else { return }
      let usual = awake.play(life.world(awakeFor: length), for: length).map(\.leaning).max() ?? .alive
      if usual > .alive { continue }
      if accuses { trial.learn() }
      try sleep(through: life, pinger, &trial)
      if trial.isOver { return }
    }
    try sleepInOwnWorlds(pinger, &trial)
  }

  private static var stalls: [Duration] { [.milliseconds(150), .seconds(1), .seconds(10), .seconds(3600)] }
  private static var moments: [Duration] { [.milliseconds(50), .milliseconds(1310), .seconds(7)] }
  /// The watch goes on for this long after the sleep.
  private static var rest: Duration { .seconds(10) }

  private func sleep(through life: HealthyLife, _ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    for stall in Self.stalls {
      for moment in Self.moments {
        let world = life.world(awakeFor: moment, asleepFor: stall, thenFor: Self.rest)
        for hearsFirst in [true, false] {
          trial.enter("\(life.name), with a sleep of \(stall)")
          guard
            let said = try remarks(
              after: stall, at: moment, hearsFirst: hearsFirst, in: world, pinger, &trial)
          else { return }
          let gravest = said.max { $0.leaning < $1.leaning }
          trial.require(
            gravest.map { $0.leaning <= .alive } ?? true,
            "after the monitor slept \(stall) it said \(gravest?.story, or: "nothing") of a healthy peer")
        }
      }
    }
  }

  /// A world of the author's, in which nobody is suspected for an hour without a sleep, must not be suspected with one.
  private func sleepInOwnWorlds(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let longest = (Self.stalls.last ?? .zero) + (Self.moments.last ?? .zero) + Self.rest
    for world in ownWorlds {
      trial.enter("the world \"\(world.name)\" with a sleep")
      guard let awake = trial.begin(try make(), pinger: pinger) else { return }
      if awake.play(world, for: longest).contains(where: { $0.leaning > .alive }) { continue }
      for stall in Self.stalls {
        for moment in Self.moments {
          guard let said = try remarks(after: stall, at: moment, hearsFirst: false, in: world, pinger, &trial)
          else { return }
          let gravest = said.max { $0.leaning < $1.leaning }
          trial.require(
            gravest.map { $0.leaning <= .alive } ?? true,
            "with \(world.name), after the monitor slept \(stall), it said \(gravest?.story, or: "nothing"), and "
              + "nothing of the kind without a sleep")
        }
      }
    }
  }

  /// The evidence from a sleep on.
  private func remarks(
    after stall: Duration, at moment: Duration, hearsFirst: Bool, in world: ScriptedWorld,
    _ pinger: (any Pinger)?, _ trial: inout Trial
  ) throws -> [Evidence]? {
    guard let run = trial.begin(try make(), pinger: pinger) else { return nil }
    run.play(world, for: moment)
    // The monitor sleeps; the peer, its kernel and ours continue.
    run.clock.advance(by: stall)
    run.socket.info = world.info(run.clock.now - run.start)
    var said = [run.give(.stall(stall))].compactMap { $0 }
    if hearsFirst { said += [run.give(.received(10))].compactMap { $0 } }
    if run.next ?? .never <= run.clock.now { said += [run.give(.due)].compactMap { $0 } }
    said += [run.give(.challenge)].compactMap { $0 }
    return said + run.play(world, for: Self.rest)
  }

  /// Peers that live, by how often the app reports their bytes.
  private static var lives: [HealthyLife] {
    [nil, .milliseconds(70), .milliseconds(650)].map { HealthyLife(beat: $0) }
  }
}

/// A peer that sends all the time. The app reports its bytes when it is awake: it sleeps with the monitor.
private struct HealthyLife {
  /// The time between two reports; `nil` for none.
  let beat: Duration?

  var name: String { beat.map { "a healthy peer that the app hears every \($0)" } ?? "a healthy peer" }

  func world(
    awakeFor first: Duration, asleepFor stall: Duration = .zero, thenFor rest: Duration = .zero
  ) -> ScriptedWorld {
    let healthy = ScriptedWorld.healthy.challenged(every: .milliseconds(730), until: max(first, .seconds(60)))
    guard let beat else { return healthy }
    let world = healthy.receiving(10, every: beat, until: first)
    return rest == .zero
      ? world : world.receiving(10, every: beat, from: first + stall, until: first + stall + rest)
  }
}
