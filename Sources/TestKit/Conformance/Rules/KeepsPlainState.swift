import FlatlineCore

extension DetectorConformance {
  func keepsPlainState(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: Runs.length) { event in
        // A copy taken before, asked the same, must say the same, as often as it is asked.
        let copy = run.state
        let first = run.give(event)
        let (state, deadline) = (run.state, run.deadline)
        run.state = copy
        let second = run.give(event)
        trial.require(
          first == second && run.deadline == deadline,
          "with \(world.name), asked twice with the same state, it said \(first?.story, or: "nothing") and "
            + "\(second?.story, or: "nothing")")
        run.state = state
        return first
      }
    }
  }
}
