import FlatlineCore

extension DetectorConformance {
  func examinesAsAFunction(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needs("it was woken in none of these worlds")
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: length) { reasons in
        trial.learn()
        let look = run.look(reasons)
        var (state, copy) = (run.state, run.state)
        let opinions = (run.detector.examine(look, &state), run.detector.examine(look, &copy))
        let when = "with \(world.name), \(run.age),"
        trial.require(
          opinions.0 == opinions.1,
          "\(when) of one look and one state it said \(opinions.0.story) and \(opinions.1.story)")
        if let states = difference(state, copy) {
          trial.fail("\(when) one look and one state left two: \(states.0) and \(states.1)")
        }
        return run.examine(look)
      }
    }
  }
}
