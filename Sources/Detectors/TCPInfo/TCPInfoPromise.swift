import FlatlineCore
public import FlatlineExplaining

extension TCPInfoDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.unacknowledged = .init(
      suspectAfter: suspectAfter, deadAfter: deadAfter, attempts: attempts,
      idlePeriod: idlePeriod + idleGrid, activePeriod: activePeriod, isAligned: isAligned)
    if retransmitCap > .zero { timers.retransmissionLimit = retransmitCap }
    return timers
  }

  /// Connection ends by the kernel, at the next sample or when challenged. Data that stays unacknowledged, after its
  /// waits and attempts.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    var promised = ending(scenario).map { [$0] } ?? []
    if case .largePacketsLost(let direction) = scenario.effect {
      return promised + largePacketsLost(scenario, direction)
    }
    guard let pause = scenario.sendsWithin, let stuck = scenario.isStuckWithin else {
      return promised
    }
    // After a pause the next look may be a whole idle period away. Looks far apart date a stall by the last
    // transmission, which may be as much later.
    let look = pause > idlePeriod ? idlePeriod : activePeriod > nearness ? activePeriod : .zero
    let start = stuck + look + scenario.pathAllowance + FaultScenario.slack
    if scenario.effect == .closedWindow {
      promised.append(
        PromisedEvidence(
          .suspicious, layer: .process, cause: .stalled, by: start + suspectAfter + activePeriod))
    }
    if case .forgotten = scenario.effect {
      // The answer that ends the connection may take longer than a suspicion.
      promised.append(
        PromisedEvidence(.suspicious, layer: .path, cause: .pathSilent, by: start + suspectAfter))
    }
    guard scenario.isSilence else { return promised }
    let (cause, other) = causes(scenario)
    promised.append(
      PromisedEvidence(
        .suspicious, layer: .path, cause: .pathSilent, otherCause: other == nil ? nil : .hostUnreachable,
        by: start + suspectAfter))
    // A transmission that our own interface refuses is no attempt. The kernel probes after a time-out, and seldom after
    // that.
    let localTransmitFailure =
      scenario.carrierNews.map {
        scenario.retransmissionTimeout + max($0, FaultScenario.transmitFailureInterval)
      } ?? .zero
    // The last attempt needs time for its answer.
    let tried = scenario.latestRetransmission(attempts) + .milliseconds(50) + localTransmitFailure
    promised.append(
      PromisedEvidence(
        .dead, layer: .path, cause: cause, otherCause: other,
        // The end of the wait has a look of its own. Failed attempts are seen at the next look, which comes a period
        // later and rounded up to the next.
        by: start + max(deadAfter + activePeriod, tried + activePeriod * 2)))
    return promised
  }

  /// Large segments that are lost while small ones pass. Outbound: data stays unacknowledged. Inbound: a hole stays open
  /// before data that came out of order.
  private func largePacketsLost(
    _ scenario: FaultScenario, _ direction: FaultEffect.PacketDirection
  ) -> [PromisedEvidence] {
    // A connection that sent and received nothing before is not looked at until its idle period is over.
    let isWatchedClosely =
      switch scenario.traffic {
      case .inFlight: true
      case .heartbeat: scenario.timers.ping.map { $0.interval <= idlePeriod } ?? false
      case .idle: false
      }
    let look = isWatchedClosely ? (activePeriod > nearness ? activePeriod : .zero) : idlePeriod + idleGrid
    let start = look + scenario.pathAllowance + FaultScenario.slack
    switch direction {
    case .outbound:
      let tried =
        scenario.latestRetransmission(max(attempts, TCPInfoDetector.sizeAttempts)) + .milliseconds(50)
      return [
        // The first suspicion may not know the cause yet: that small segments pass. The death does.
        PromisedEvidence(.suspicious, layer: .path, cause: .largePacketsLost, by: start + suspectAfter),
        PromisedEvidence(
          .dead, layer: .path, cause: .largePacketsLost,
          by: start
            + max(max(deadAfter, TCPInfoDetector.sizeProbing) + activePeriod, tried + activePeriod * 2)),
      ]
    case .inbound:
      // A hole counts while the peer is heard: behind it come answers to what we send, or to keepalive's probes.
      guard let answered = answeredWithin(scenario) else { return [] }
      // The peer's next write is 100 ms away at the most.
      let hole = .milliseconds(100) + start + activePeriod
      return [
        PromisedEvidence(
          .suspicious, layer: .path, cause: .largePacketsLost,
          by: hole + max(holeTime, answered)),
        PromisedEvidence(
          .dead, layer: .path, cause: .largePacketsLost,
          by: hole + max(deadAfter * 2, TCPInfoDetector.peersAttempts, answered)),
      ]
    }
  }

  /// Longest time until the peer's kernel answers something of ours; `nil` if nothing is sent.
  private func answeredWithin(_ scenario: FaultScenario) -> Duration? {
    if let pause = scenario.sendsWithin { return pause + .milliseconds(200) }
    return scenario.timers.keepalive.map {
      let wait = max($0.idle, $0.interval)
      return wait + FaultScenario.lateness(of: wait)
    }
  }

  /// Connection end by the kernel, as a sample shows it.
  private func ending(_ scenario: FaultScenario) -> PromisedEvidence? {
    guard var ending = scenario.ending else { return nil }
    let sampled = ending.by + samplingPeriod(scenario)
    // A challenge before the end finds nothing yet.
    let challenged = scenario.challengedWithin.flatMap { $0 >= ending.by ? $0 : nil }
    ending.by = min(sampled, challenged ?? sampled)
    return ending
  }

  /// The longest between two samples.
  private func samplingPeriod(_ scenario: FaultScenario) -> Duration {
    guard let pause = scenario.sendsWithin, pause <= idlePeriod else { return idlePeriod + idleGrid }
    return activePeriod
  }

  /// Time-outs that do not double show an unreachable reply about the host or its network, once there are enough of
  /// them.
  private func causes(_ scenario: FaultScenario) -> (Cause, Cause?) {
    guard case .silence(let reply?) = scenario.effect, reply.undoesBackoff else {
      return (.pathSilent, nil)
    }
    let timeouts = Int(
      max(.zero, deadAfter - reply.after) / scenario.retransmissionTimeout)
    let isTold = timeouts > (thinLinear ? 6 : 0)
    return isTold ? (.hostUnreachable, .pathSilent) : (.pathSilent, .hostUnreachable)
  }

  /// Connection ends by the kernel. Data in flight accuses after its waits. These begin with the sending of data that
  /// was in flight at the fault, or, if no sample saw that, with the sample before it.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    let end = scenario.earliestEnding
    // A FIN of ours is in flight as data is.
    var isSending =
      scenario.traffic != .idle || scenario.effect == .closedWindow || scenario.fault == .halfClosedDrop
    // A hole in what the peer sends counts as data of ours does.
    if case .largePacketsLost = scenario.effect { isSending = true }
    let wait: Duration? =
      switch accusation {
      case .suspicion: isSending ? suspectAfter : nil
      case .death: isSending ? deadAfter : nil
      case .proof: nil
      }
    let stalled = wait.map { max(.zero, $0 - nearness - scenario.oldestInFlight) }
    return [end, stalled].compactMap { $0 }.min()
  }
}
