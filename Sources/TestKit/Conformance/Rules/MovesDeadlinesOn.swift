import FlatlineCore

extension DetectorConformance {
  func movesDeadlinesOn(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: Runs.length) { event in
        let evidence = run.give(event)
        if event == .deadline, let next = run.deadline, next <= run.clock.now {
          trial.fail(
            "with \(world.name) the deadline \(run.clock.now - run.start) after the attachment is followed by one "
              + "\(run.clock.now - next) before it: a monitor would spin")
        }
        return evidence
      }
    }
  }
}
