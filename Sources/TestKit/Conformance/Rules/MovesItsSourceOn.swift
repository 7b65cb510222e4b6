import FlatlineCore

extension DetectorConformance {
  func movesItsSourceOn(_ trial: inout Trial) throws {
    guard let sourceTrial = try SourceTrial(self, &trial) else { return }
    let source = sourceTrial.source
    trial.enter("its source's deadline")
    for slot in UInt32(0)..<3 { sourceTrial.attach(slot) }
    trial.needs("its shared source has no deadline")
    var now = MonotonicTime.now()
    for _ in 0..<20 where !trial.hasFailed {
      guard source.deadline != .never else { return }
      trial.learn()
      now = max(now, source.deadline)
      var turns = 0
      while source.deadline <= now, turns < SourceTrial.mostTurns {
        turns += 1
        _ = source.advance(isReady: SourceTrial.isReady(source), now: now)
      }
      trial.require(
        turns < SourceTrial.mostTurns,
        "after \(turns) turns at its deadline its source's deadline was still not in the future: a monitor would spin"
      )
    }
  }
}
