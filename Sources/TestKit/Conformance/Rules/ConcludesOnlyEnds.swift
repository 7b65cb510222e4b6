import FlatlineCore

extension DetectorConformance {
  func concludesOnlyEnds(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    trial.needsAccusation()
    try inEachWorld(pinger, &trial) { world, run, trial in
      run.play(world, for: length) { reasons in
        guard let evidence = run.give(reasons) else { return nil }
        trial.learnIfAccusing([evidence])
        let state = run.socket.info.state
        trial.require(
          !evidence.isConclusive || state.isOver || state.peerHasFinished,
          "with \(world.name), \(run.age), it told \(evidence.story) for conclusive in \(state), which the kernel "
            + "has not ended")
        return evidence
      }
    }
  }
}
