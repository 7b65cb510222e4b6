import FlatlineCore

extension DetectorConformance {
  func restsAsItObserves(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    try inEachWorld(pinger, &trial) { world, run, trial in
      var standing: Evidence?
      run.play(world, for: Runs.length) { event in
        let rested = event == .deadline ? rest(run, standing) : nil
        let evidence = run.give(event)
        if let rested {
          let when = "with \(world.name), \(run.clock.now - run.start) after the attachment,"
          trial.require(
            evidence.map { $0.leaning == rested.leaning && $0.lifetime == nil } ?? true,
            "\(when) it asked to be spared what it would have said: \(evidence?.story, or: "nothing")")
          trial.require(
            run.deadline ?? .never == rested.deadline,
            "\(when) spared a deadline it wants another next one than after it")
          // So it must be able to go on.
          run.state = rested.state
        }
        standing = evidence ?? standing
        return evidence
      }
    }
  }

  /// As a monitor would ask it: of a connection at rest on which its ballot is alive for good, or none.
  private func rest(
    _ run: DetectorRun<Method>, _ standing: Evidence?
  ) -> (leaning: Leaning, deadline: MonotonicTime, state: Method.State)? {
    let now = run.clock.now
    let expiry = standing.map { ballot in ballot.lifetime.map { ballot.time + $0 } ?? .never } ?? now
    let leaning = expiry > now ? standing?.leaning ?? .abstaining : .abstaining
    guard run.detector.interest.period == nil, run.socket.info.isAtRest,
      leaning == .abstaining || (leaning == .alive && expiry == .never)
    else { return nil }
    var state = run.state
    return run.detector.rest(run.socket.info, leaning: leaning, state: &state, now: now)
      .map { (leaning, $0, state) }
  }
}
