import FlatlineCore

extension DetectorConformance {
  func repeatsNothing(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needs("it had no due look in any of these worlds")
    try inEachWorld(pinger, &trial) { world, run, trial in
      var standing: Evidence?
      run.play(world, for: length) { reasons in
        if reasons == .due { trial.learn() }
        let evidence = run.give(reasons)
        guard let evidence else { return nil }
        if reasons == .due, run.socket.info.isAtRest {
          trial.require(
            !evidence.repeats(standing),
            "with \(world.name), \(run.age), it said again what stands: \(evidence.story)")
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
