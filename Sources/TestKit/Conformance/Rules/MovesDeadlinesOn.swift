import FlatlineCore

extension DetectorConformance {
  func movesDeadlinesOn(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: Runs.length) { reasons in
        let evidence = run.give(reasons)
        if let next = run.opinion.next, next <= run.clock.now {
          trial.fail(
            "with \(world.name), \(run.clock.now - run.start) after the beginning, it asks for a look "
              + "\(run.clock.now - next) before that moment: a monitor would spin")
        }
        return evidence
      }
    }
    guard pinger != nil, let run = trial.begin(try make(), pinger: AppPinger { .notNow }) else { return }
    run.play(.healthy, for: Runs.length)
    trial.require(
      !run.pingsWithoutEnd,
      "it answers a ping that was not sent with a ping, again and again: a monitor would spin")
  }
}
