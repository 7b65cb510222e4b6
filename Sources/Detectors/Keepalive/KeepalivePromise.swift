public import FlatlineCore

extension KeepaliveDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.keepalive = .init(
      idle: idle, interval: accelerated ? idle : interval, probes: accelerated ? 127 : probes,
      burst: accelerated ? burst : nil, burstInterval: burstInterval,
      // A look that is left out leaves the kernel's own next probe.
      retry: accelerated
        ? (skipped > 0 ? idle : KeepaliveDetector.answerGrace + burstInterval) : interval)
    return timers
  }

  /// What the kernel ends, at once, except a FIN; the silence of an idle peer's kernel.
  public func promise(_ circumstances: Circumstances) -> [PromisedEvidence] {
    // A FIN is no event that keepalive asks for, and says nothing of the peer's kernel.
    var promised = circumstances.ending.map { $0.isHalfClose ? [] : [$0] } ?? []
    let probe = idle + KeepaliveDetector.answerGrace + circumstances.roundTrip * 2 + Circumstances.slack
    // The look may come a probe later; the burst counts from the probe all the same.
    let look = probe + (idle + KeepaliveDetector.answerGrace) * skipped
    switch circumstances.effect {
    case .hang: promised.append(.alive(.host))
    case .silence, .localLoss:
      promised.append(.alive(.host, until: look))
      guard circumstances.traffic == .idle else { break }
      let answer = KeepaliveDetector.answerGrace + circumstances.roundTrip
      let step = accelerated ? max(burstInterval, answer) : .milliseconds(500)
      // Where the kernel's timer is coarser than the grace, its probe may not be out yet and is asked for.
      let isLate = Circumstances.lateness(of: idle) > KeepaliveDetector.answerGrace
      // Without a carrier probes fail on the spot, uncounted, until the kernel has told of the link, which it does
      // once a second at most (linkwatch, net/core/link_watch.c; TCP_RESOURCE_PROBE_INTERVAL).
      let isRefused = circumstances.fault == .localCable
      let late = (isLate ? step : .zero) + (isRefused ? .seconds(1) : .zero)
      promised.append(
        PromisedEvidence(.suspicious, layer: .host, cause: .pathSilent, by: look + late + step))
      guard accelerated else { break }
      promised.append(
        PromisedEvidence(
          .dead, layer: .host, cause: .pathSilent,
          by: probe + late + burst + circumstances.roundTrip * 2 + burstInterval))
    case .finish, .reset, .forgotten, .closedWindow, .destroyed: break
    }
    return promised
  }
}
