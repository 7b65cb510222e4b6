import FlatlineCore

extension DetectorConformance {
  func movesDeadlinesOn(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needs("it was woken in none of these worlds")
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: length) { reasons in
        trial.learn()
        let evidence = run.give(reasons)
        if let next = run.opinion.next, next <= run.clock.now {
          trial.fail(
            "with \(world.name), \(run.age), it asks for a look \(run.clock.now - next) before that moment: a "
              + "monitor would spin")
        }
        return evidence
      }
    }
    guard pinger != nil, let run = trial.begin(try make(), pinger: AppPinger { .notNow }) else { return }
    trial.enter("a healthy peer that cannot be pinged now")
    run.play(.healthy, for: length)
    trial.require(
      !run.pingsWithoutEnd,
      "it answers a ping that was not sent with a ping, again and again: a monitor would spin")
  }
}
