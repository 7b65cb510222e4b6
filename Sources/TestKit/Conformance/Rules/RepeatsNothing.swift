import FlatlineCore

extension DetectorConformance {
  func repeatsNothing(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    try inEachWorld(pinger, &trial) { world, run, trial in
      var standing: Evidence?
      run.play(world, for: Runs.length) { reasons in
        let evidence = run.give(reasons)
        guard let evidence else { return nil }
        if reasons == .due, run.socket.info.isAtRest {
          trial.require(
            !evidence.repeats(standing),
            "with \(world.name), \(run.clock.now - run.start) after the beginning, it said again what stands: "
              + evidence.story)
        }
        standing = evidence
        return evidence
      }
    }
  }
}

extension Evidence {
  /// Whether it repeats the standing evidence, without an expiry.
  fileprivate func repeats(_ standing: Evidence?) -> Bool {
    guard leaning != .abstaining else { return standing.map { $0.leaning == .abstaining } ?? true }
    guard let standing, standing.lifetime == nil, lifetime == nil else { return false }
    return (leaning, layer, cause) == (standing.leaning, standing.layer, standing.cause)
      && (isConclusive, isHalfClose) == (standing.isConclusive, standing.isHalfClose)
  }
}
