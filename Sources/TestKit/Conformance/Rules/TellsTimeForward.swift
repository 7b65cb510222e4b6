import FlatlineCore

extension DetectorConformance {
  func tellsTimeForward(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needsEvidence()
    try inEachWorld(pinger, &trial) { world, run, trial in
      var last: Evidence?
      run.play(world, for: length) { reasons in
        guard let evidence = run.give(reasons) else { return nil }
        trial.learn()
        trial.require(
          evidence.time <= run.clock.now,
          "with \(world.name) its \(evidence.story) is from \(evidence.time - run.clock.now) in the future")
        if let last {
          trial.require(
            evidence.time >= last.time,
            "with \(world.name) its \(evidence.story) is \(last.time - evidence.time) older than the "
              + "\(last.story) before it")
        }
        last = evidence
        return evidence
      }
    }
  }
}
