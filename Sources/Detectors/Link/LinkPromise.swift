public import FlatlineCore

extension LinkDetector {
  /// Our own side's losses: told when the kernel tells, and a death once the grace is over.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] {
    guard case .localLoss(let cause) = circumstances.effect else { return [] }
    // A carrier's news may be a second late (linkwatch, net/core/link_watch.c); addresses, routes and what an
    // administrator does are told at once.
    let isPaced = circumstances.fault == .localCable
    let told = (isPaced ? .seconds(1) : .zero) + Circumstances.slack
    return [
      PromisedEvidence(.suspicious, layer: .link, cause: cause, by: told),
      PromisedEvidence(.dead, layer: .link, cause: cause, by: told + grace),
    ]
  }
}
