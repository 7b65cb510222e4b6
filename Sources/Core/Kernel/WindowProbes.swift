/// Evaluates the probes of a closed window (RFC 9293, 3.8.6.1). `TCPInfo.probes` alone accuses living peers: it
/// also counts probes with an answer still under way, and probes that no peer answers.
extension TCPInfo {
  /// Probes of the closed window that a living peer would have answered by now. Each answer sets it back to 0.
  ///
  /// A peer answers no probe within 500 ms of its last answer (tcp_invalid_ratelimit, ip-sysctl). That excuses at
  /// most one probe, the first: the waits between probes double (tcp_send_probe0). The answer to the last probe
  /// needs a round trip.
  public var unansweredProbes: Int {
    let first = max(0, backoff - probes)
    let isUnderLimit = probeWait(first) < .milliseconds(500)
    return max(0, probes - (isUnderLimit ? 1 : 0) - (hasLastProbeHadTime(first) ? 0 : 1))
  }

  /// The peer's kernel answers the probes of its closed window: the peer lives and does not read. One answer may be
  /// lost.
  public var isWindowAnswered: Bool { isWindowClosed && unansweredProbes <= 1 }

  /// Whether all waits since the last answer are over, and a round trip more. An answer restarts the waits. The
  /// kernel's timers are late by at most an eighth (kernel/time/timer.c).
  private func hasLastProbeHadTime(_ first: Int) -> Bool {
    let waits = (first..<first + probes).reduce(Duration.zero) { $0 + probeWait($1) }
    return sinceAcknowledged >= waits + waits / 8 + .milliseconds(50) + pathAllowance
  }

  /// The kernel's wait before a probe, after this many doublings (tcp_probe0_when): from 200 ms to 2 minutes.
  private func probeWait(_ doublings: Int) -> Duration {
    min(max(retransmissionTimeout, .milliseconds(200)) * (1 << min(doublings, 10)), .seconds(120))
  }
}
