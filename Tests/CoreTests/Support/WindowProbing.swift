import FlatlineCore

/// What TCP_INFO shows of a window that closes at 0, as the kernel probes it (tcp_probe_timer): the waits double, each
/// answer begins the next, and a peer answers none within 500 ms of its last answer (tcp_invalid_ratelimit).
struct WindowProbing {
  private struct Step {
    let time: Int
    var probes: Int
    let backoff: Int
    var answered: Int
  }
  private var steps = [Step(time: 0, probes: 0, backoff: 0, answered: 0)]
  private let roundTrip: Int
  private let timeout: Int

  /// In milliseconds.
  /// - Parameters:
  ///   - diesAt: from when no answer is given.
  ///   - lateness: how late the kernel's timers are.
  ///   - answered: when the peer had last answered another segment outside the window.
  init(
    roundTrip: Int = 40, timeout: Int = 212, diesAt: Int = .max, lateness: Double = 0, answered: Int = -1000,
    until end: Int = 120_000
  ) {
    self.roundTrip = roundTrip
    self.timeout = timeout
    var lastAnswer = answered
    while let last = steps.last, last.time < end {
      let wait = min(Double(max(timeout, 200) << last.backoff), 120_000)
      let sent = last.time + Int(wait * (1 + lateness))
      steps.append(
        Step(time: sent, probes: last.probes + 1, backoff: last.backoff + 1, answered: last.answered))
      let arrival = sent + roundTrip / 2
      guard arrival < diesAt, arrival - lastAnswer >= 500 else { continue }
      lastAnswer = arrival
      steps.append(
        Step(time: sent + roundTrip, probes: 0, backoff: last.backoff + 1, answered: sent + roundTrip))
    }
  }

  func info(at now: Int) -> TCPInfo {
    var info = TCPInfo(state: .established)
    info.notSent = 5000
    info.sendWindow = 0
    info.retransmissionTimeout = .milliseconds(timeout)
    info.roundTripTime = .milliseconds(roundTrip)
    info.shortestRoundTripTime = .milliseconds(roundTrip)
    guard let step = steps.last(where: { $0.time <= now }) else { return info }
    info.probes = step.probes
    info.backoff = step.backoff
    info.sinceAcknowledged = .milliseconds(now - step.answered)
    return info
  }
}
