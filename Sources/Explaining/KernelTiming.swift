import FlatlineCore

/// The kernel's own rules of time (net/ipv4/tcp_timer.c, tcp_input.c; measured on Linux 6.18).
extension FaultScenario {
  /// The first retransmission time-out: a round trip and the floor of 200 ms (RFC 6298; TCP_RTO_MIN).
  public var retransmissionTimeout: Duration { .milliseconds(204) + roundTrip }

  /// Time from the first loss to the n-th retransmission. Each wait is twice the one before (RFC 6298, 5.5), at most
  /// TCP_RTO_MAX_MS.
  public func retransmission(_ count: Int) -> Duration {
    let limit = timers.retransmissionLimit ?? .seconds(120)
    var wait = retransmissionTimeout
    var sum = Duration.zero
    for _ in 0..<max(0, count) {
      sum += min(wait, max(limit, retransmissionTimeout))
      wait = min(wait * 2, .seconds(120))
    }
    return sum
  }

  /// Latest time of the n-th retransmission. A tail loss probe (RFC 8985, 7) may go first and start the wait anew, two
  /// ticks after the data that follows or once a time-out has passed. Every timer may be late.
  public func latestRetransmission(_ count: Int) -> Duration {
    var latest = lossProbe + FaultScenario.lateness(of: lossProbe)
    for attempt in 0..<max(0, count) {
      let wait = retransmission(attempt + 1) - retransmission(attempt)
      latest += wait + FaultScenario.lateness(of: wait)
    }
    return latest
  }

  /// Latest time of a tail loss probe.
  private var lossProbe: Duration {
    min((sendsWithin ?? retransmissionTimeout) + .milliseconds(8), retransmissionTimeout)
  }

  /// How late the kernel's timer wheel may be (kernel/time/timer.c, at 250 Hz): longer timers are coarser.
  public static func lateness(of wait: Duration) -> Duration {
    switch wait {
    case ..<Duration.milliseconds(252): .milliseconds(8)
    case ..<Duration.seconds(2): .milliseconds(32)
    case ..<Duration.seconds(16): .milliseconds(256)
    case ..<Duration.seconds(131): .milliseconds(2048)
    default: .seconds(17)
    }
  }

  /// Latest time from the loss of a carrier to the kernel's report; `nil` where none was lost. Until the report every
  /// transmission fails at once.
  public var carrierNews: Duration? {
    switch fault {
    case .localCable, .ecmpUplink: .zero
    // linkwatch reports one change a second (net/core/link_watch.c).
    case .localCablePaced: .seconds(1) + FaultScenario.lateness(of: .seconds(1))
    case .gracefulClose, .closeWithUnreadData, .halfClose, .reset, .processKilled, .processFrozen, .hostCrash,
      .hostReboot, .remoteCable, .interfaceDown, .addressLost, .routeLost, .ruleLost, .nexthopLost,
      .vpnTakesRoute,
      .silentDrop, .silentDropOut, .silentDropIn, .icmpHostUnreachable, .icmpNetUnreachable,
      .icmpPortUnreachable, .icmpAdminProhibited,
      .firewallReset, .natForgets, .zeroWindow, .destroyedLocally, .largePacketsLostOut, .largePacketsLostIn,
      .receiveOnlyDrop, .sendOnlyDrop, .halfClosedDrop, .busyStreamDrop:
      nil
    }
  }

  /// Wait before the kernel resends a packet that its own interface failed to take (TCP_RESOURCE_PROBE_INTERVAL,
  /// net/tcp.h).
  public static let transmitFailureInterval = Duration.milliseconds(500)

  /// Connection end by the kernel, as reported by a detector that sees hang-ups and errors at once; `nil` where the
  /// kernel ends nothing.
  public var ending: PromisedEvidence? {
    let now = roundTrip + FaultScenario.slack
    switch effect {
    case .finish:
      // Data that crosses a FIN is answered with a RST, if no process is left to take it.
      let mayReset = traffic != .idle && fault != .halfClose
      return PromisedEvidence(
        .dead, layer: .process, cause: .peerClosed, otherCause: mayReset ? .peerReset : nil, by: now,
        isConclusive: true, isHalfClose: true)
    case .reset: return ended(.peerReset, by: now)
    case .destroyed: return ended(.localClosed, by: FaultScenario.slack)
    case .forgotten(let after): return forgotten(after, now)
    case .silence, .localLoss: return timeOut ?? keepaliveTimeOut
    case .closedWindow: return timers.userTimeout?.sparesStalled == false ? userTimeOut : nil
    case .largePacketsLost(.outbound): return timeOut
    case .hang, .largePacketsLost(.inbound): return nil
    }
  }

  private func ended(_ cause: Cause, or other: Cause? = nil, by time: Duration) -> PromisedEvidence {
    PromisedEvidence(
      .dead, layer: .connection, cause: cause, otherCause: other, by: time, isConclusive: true)
  }

  /// A RST answers the first segment sent. Retransmissions or probes before it distinguish a restart from a plain
  /// reset.
  private func forgotten(_ silence: Duration, _ now: Duration) -> PromisedEvidence? {
    if let sendsWithin {
      let isTold = silence >= sendsWithin + retransmissionTimeout
      let mayBeTold = silence > .zero && !isTold
      return ended(
        isTold ? .peerRestarted : .peerReset, or: mayBeTold ? .peerRestarted : nil,
        by: answerable(after: silence, sendsWithin) + now)
    }
    guard let keepalive = timers.keepalive else { return nil }
    // Probes of a living peer come at the larger of the two. A probe that went into the silence is followed by the
    // next.
    let wait = max(keepalive.idle, keepalive.interval)
    let first = wait + FaultScenario.lateness(of: wait)
    let second =
      silence > .zero ? silence + keepalive.retry + FaultScenario.lateness(of: keepalive.retry) : .zero
    return ended(.peerRestarted, by: max(first, second) + now)
  }

  /// Latest time of the first transmission that reaches a peer which was silent for `silence`. That is the next data.
  /// If it went into the silence, it is the first retransmission after the silence, with or without a tail loss probe
  /// before it. Later data waits for the answer to that one.
  private func answerable(after silence: Duration, _ sendsWithin: Duration) -> Duration {
    guard silence > .zero else { return sendsWithin }
    // A peer that comes back after a while comes back a little late.
    let silence = silence + FaultScenario.slack
    let plain = (0..<20).map(retransmission)
    let probed = [.zero] + plain.map { lossProbe + $0 }
    var latest = sendsWithin
    for attempts in [plain, probed] {
      for (unheard, heard) in zip(attempts, attempts.dropFirst()) where unheard < silence {
        let sent = min(sendsWithin, silence - unheard)
        latest = max(latest, sent + heard + FaultScenario.lateness(of: heard))
      }
    }
    return latest
  }

  /// The kernel's time-out for unacknowledged data.
  private var timeOut: PromisedEvidence? {
    guard let sendsWithin else { return nil }
    if let userTimeOut { return userTimeOut }
    // tcp_retries2 of 15 amounts to 924.6 s, checked when the next retransmission is due.
    return ended(
      .timedOut,
      by: sendsWithin + .milliseconds(924_600) + .seconds(120)
        + FaultScenario.lateness(of: .seconds(120)))
  }

  /// TCP_USER_TIMEOUT counts from the first retransmission's segment. The kernel checks it when a time-out fires:
  /// measured at most two time-outs late. A segment that our own interface refuses is not sent yet.
  private var userTimeOut: PromisedEvidence? {
    guard let isStuckWithin, let timeout = timers.userTimeout?.timeout else { return nil }
    let localTransmitFailure =
      carrierNews.map { $0 > .zero ? $0 + FaultScenario.transmitFailureInterval : .zero } ?? .zero
    return ended(
      .timedOut,
      by: isStuckWithin + localTransmitFailure + timeout + retransmissionTimeout * 2
        + FaultScenario.lateness(of: timeout)
        + FaultScenario.slack)
  }

  /// Keepalive's end by the kernel: after its probes. With a TCP_USER_TIMEOUT: at the first firing after that time,
  /// once a probe was sent (tcp_keepalive_timer).
  private var keepaliveTimeOut: PromisedEvidence? {
    guard traffic == .idle, let keepalive = timers.keepalive else { return nil }
    // A probe was answered just before. Probes of a living peer come at each interval, where that is longer.
    let wait = max(keepalive.idle, keepalive.interval)
    let first = wait + FaultScenario.lateness(of: wait)
    let interval = keepalive.interval + FaultScenario.lateness(of: keepalive.interval)
    guard let timeout = timers.keepaliveUserTimeout else {
      return keepalive.burst == nil
        ? ended(.timedOut, by: first + interval * keepalive.probes + FaultScenario.slack) : nil
    }
    guard keepalive.burst == nil else {
      let step = keepalive.burstInterval
      return ended(.timedOut, by: max(first, timeout) + step + FaultScenario.slack)
    }
    var probes = 1
    // The kernel takes no interval under a second (tcp(7)).
    let step = max(keepalive.interval, .seconds(1))
    while wait + step * probes < timeout { probes += 1 }
    return ended(.timedOut, by: first + interval * probes + FaultScenario.slack)
  }
}
