import FlatlineCore

extension DetectorConformance {
  func drainsItsSource(_ trial: inout Trial) throws {
    guard let sourceTrial = try SourceTrial(self, &trial) else { return }
    let source = sourceTrial.source
    trial.enter("its source's descriptor")
    for slot in UInt32(0)..<3 { sourceTrial.attach(slot) }
    guard source.descriptor != nil else { return trial.needs("its shared source has no descriptor") }
    trial.needs("its shared source's descriptor was never ready to read; make it so with \"stirring\"")
    for _ in 0..<3 {
      stir(source)
      var turns = 0
      while SourceTrial.isReady(source), turns < SourceTrial.mostTurns {
        trial.learn()
        turns += 1
        _ = source.advance(isReady: true, now: .now())
      }
      trial.require(
        turns < SourceTrial.mostTurns,
        "after \(turns) turns its source's descriptor was still ready to read: a monitor would spin")
    }
  }
}
