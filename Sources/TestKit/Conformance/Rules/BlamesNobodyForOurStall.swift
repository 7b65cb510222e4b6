import FlatlineCore

extension DetectorConformance {
  func blamesNobodyForOurStall(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    let world = ScriptedWorld.healthy.challenged(every: .milliseconds(730), until: .seconds(60))
    guard let awake = trial.begin(try make(), pinger: pinger) else { return }
    let usual = awake.play(world, for: Runs.length).map(\.leaning).max() ?? .alive

    for stall in [Duration.milliseconds(150), .seconds(1), .seconds(10), .seconds(3600)] {
      for before in [Duration.milliseconds(50), .milliseconds(1310), .seconds(7)] {
        guard let run = trial.begin(try make(), pinger: pinger) else { return }
        run.play(world, for: before)
        // The monitor sleeps; the peer, its kernel and ours continue.
        run.clock.advance(by: stall)
        run.socket.info = world.info(run.clock.now - run.start)
        var said = [run.give(.stall(stall)), run.give(.received(10))].compactMap { $0 }
        if run.next ?? .never <= run.clock.now { said += [run.give(.due)].compactMap { $0 } }
        said += [run.give(.challenge)].compactMap { $0 }
        said += run.play(world, for: .seconds(10))
        let gravest = said.max { $0.leaning < $1.leaning }
        trial.require(
          gravest.map { $0.leaning <= max(usual, .alive) } ?? true,
          "after the monitor slept \(stall) it said \(gravest?.story, or: "nothing") of a healthy peer")
      }
    }
  }
}
