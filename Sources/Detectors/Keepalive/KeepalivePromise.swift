import FlatlineCore
public import FlatlineExplaining

extension KeepaliveDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.keepalive = .init(
      idle: idle, interval: accelerated ? idle : interval, probes: accelerated ? 127 : probes,
      burst: accelerated ? burst : nil, burstInterval: burstInterval,
      retry: accelerated ? KeepaliveDetector.answerGrace + burstInterval : interval)
    return timers
  }

  /// What the kernel ends, at once, except a FIN; the silence of an idle peer's kernel, on a path that lost nothing of
  /// late.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] {
    // A FIN is no event that keepalive asks for, and says nothing of the peer's kernel.
    var promised = circumstances.ending.map { $0.isHalfClose ? [] : [$0] } ?? []
    let probe = idle + KeepaliveDetector.answerGrace + circumstances.roundTrip * 2 + Circumstances.slack
    switch circumstances.effect {
    case .hang: promised.append(.alive(.host))
    case .silence, .localLoss:
      promised.append(.alive(.host, until: probe))
      guard circumstances.traffic == .idle else { break }
      let answer = KeepaliveDetector.answerGrace + circumstances.roundTrip
      let step = accelerated ? max(burstInterval, answer) : .milliseconds(500)
      // Where the kernel's timer is coarser than the grace, its probe may not be out yet and is asked for.
      let isLate = Circumstances.lateness(of: idle) > KeepaliveDetector.answerGrace
      // What our own interface refuses is not counted; the next one is asked for.
      let again = accelerated ? burstInterval : Circumstances.refusalInterval
      let refused = circumstances.carrierNews.map { $0 + Circumstances.slack + again * 2 } ?? .zero
      let late = (isLate ? step : .zero) + (circumstances.carrierNews == nil ? .zero : again)
      promised.append(
        PromisedEvidence(
          .suspicious, layer: .host, cause: .pathSilent, by: max(probe + late, refused) + step))
      guard accelerated else { break }
      promised.append(
        PromisedEvidence(
          .dead, layer: .host, cause: .pathSilent,
          by: max(probe + late, refused) + burst + circumstances.roundTrip * 2 + burstInterval))
    case .finish, .reset, .forgotten, .closedWindow, .destroyed: break
    }
    return promised
  }
}
