import FlatlineCore
public import FlatlineExplaining

extension KeepaliveDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.keepalive = .init(
      idle: idle, interval: accelerated ? idle : interval, probes: accelerated ? 127 : probes,
      burst: accelerated ? burst : nil, burstInterval: burstInterval,
      retry: accelerated ? KeepaliveDetector.answerGrace + burstInterval : interval,
      sparesTimeout: accelerated)
    return timers
  }

  /// Connection ends by the kernel, at once, except a FIN. Silence of an idle peer's kernel, on a path without recent
  /// loss.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    // Keepalive asks for no FIN event, and a FIN is no evidence about the peer's kernel.
    var promised = scenario.ending.map { $0.isHalfClose ? [] : [$0] } ?? []
    let probe =
      idle + KeepaliveDetector.answerGrace + scenario.roundTrip * 2 + FaultScenario.slack
      + scenario.isAnsweredWithin
    switch scenario.effect {
    // Its probes are small.
    case .hang, .largePacketsLost: promised.append(.alive(.host))
    case .silence, .localLoss:
      promised.append(.alive(.host, until: probe))
      guard scenario.traffic == .idle else { break }
      let answer = KeepaliveDetector.answerGrace + scenario.roundTrip
      let step = accelerated ? max(burstInterval, answer) : .milliseconds(500)
      // If the kernel's timer is coarser than the grace, its probe may not be out yet: the detector asks for it.
      let isLate = FaultScenario.lateness(of: idle) > KeepaliveDetector.answerGrace
      // A probe that our own interface refuses does not count: the detector asks for the next one.
      let again = accelerated ? burstInterval : FaultScenario.transmitFailureInterval
      let localTransmitFailure = scenario.carrierNews.map { $0 + FaultScenario.slack + again * 2 } ?? .zero
      // A peer that hears nothing shows it by duplicates. Of three, the looks find two for certain.
      let duplicates =
        scenario.fault == .receiveOnlyDrop ? scenario.hearsWithin + scenario.retransmission(3) : .zero
      let late = (isLate ? step : .zero) + (scenario.carrierNews == nil ? .zero : again)
      promised.append(
        PromisedEvidence(
          .suspicious, layer: .host, cause: .pathSilent,
          by: max(probe + late, localTransmitFailure, duplicates) + step))
      guard accelerated else { break }
      promised.append(
        PromisedEvidence(
          .dead, layer: .host, cause: .pathSilent,
          by: max(probe + late, localTransmitFailure) + burst + scenario.roundTrip * 2 + burstInterval))
    // The ballot of the last answer stands until the kernel's end, and for good after a FIN.
    case .finish, .reset, .forgotten, .closedWindow, .destroyed: promised.append(.alive(.host))
    }
    return promised
  }

  /// Connection ends by the kernel. A burst may begin with a probe that left just before the fault; an unanswered one
  /// is looked at twice before it is suspicious.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    let end = scenario.earliestEnding
    // Data that is sent often enough leaves no time for a probe.
    guard scenario.traffic != .inFlight else { return end }
    let begin = scenario.roundTrip + FaultScenario.slack
    let probed: Duration? =
      switch accusation {
      case .suspicion: max(burstInterval - .milliseconds(5), KeepaliveDetector.answerGrace)
      case .death: accelerated ? burst : nil
      case .proof: nil
      }
    return [end, probed.map { max(.zero, $0 - begin) }].compactMap { $0 }.min()
  }
}
