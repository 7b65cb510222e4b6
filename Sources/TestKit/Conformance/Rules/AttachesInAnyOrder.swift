import FlatlineCore

extension DetectorConformance {
  func attachesInAnyOrder(_ trial: inout Trial) throws {
    guard let sourceTrial = try SourceTrial(self, &trial) else { return }
    trial.learn()
    trial.enter("connections that attach to its source and detach in any order")
    let source = sourceTrial.source
    var generator = SeededGenerator(seed: 12)
    var attached: Set<UInt32> = []
    for _ in 0..<600 {
      let slot = UInt32.random(in: 0..<8, using: &generator)
      switch Int.random(in: 0..<8, using: &generator) {
      case 0, 1, 2:
        if attached.insert(slot).inserted { sourceTrial.attach(slot, hasEnded: generator.chance(20)) }
      case 3, 4:
        // Also connections that never attached, and those that have detached.
        attached.remove(slot)
        source.detach(SourceTrial.id(slot))
      case 5: _ = source.news(of: SourceTrial.id(slot))
      case 6: source.someConnectionBecameSuspect(now: .now())
      default: check(source, attached, &trial)
      }
    }
    for slot in attached { source.detach(SourceTrial.id(slot)) }
    for _ in 0..<3 { check(source, [], &trial) }
  }

  private func check(_ source: any NewsSource, _ attached: Set<UInt32>, _ trial: inout Trial) {
    stir(source)
    let woken = source.advance(isReady: SourceTrial.isReady(source), now: .now())
    let strangers = woken.filter { id in !attached.contains { SourceTrial.id($0) == id } }
    trial.require(
      strangers.isEmpty,
      "its source woke \(strangers.count) connection\(strangers.count == 1 ? "" : "s") that it no longer has, or "
        + "never had")
  }
}
