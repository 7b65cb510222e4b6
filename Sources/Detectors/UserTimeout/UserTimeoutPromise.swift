import FlatlineCore
public import FlatlineExplaining

extension UserTimeoutDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.userTimeout = .init(timeout: timeout, sparesStalled: sparesStalled)
    return timers
  }

  /// What the kernel ends, at once, except a FIN; a closed window that it is kept from ending.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] {
    var promised = circumstances.ending.map { $0.isHalfClose ? [] : [$0] } ?? []
    // The next look comes a period later, rounded up to an eighth.
    if sparesStalled, circumstances.effect == .closedWindow, let stuck = circumstances.isStuckWithin {
      promised.append(
        PromisedEvidence(
          .suspicious, layer: .process, cause: .stalled, by: stuck + period * 9 / 8 + Circumstances.slack))
    }
    return promised
  }
}
