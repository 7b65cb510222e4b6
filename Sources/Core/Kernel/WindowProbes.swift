/// What the probes of a closed window tell (RFC 9293, 3.8.6.1). `TCPInfo.probes` alone blames the living: it counts
/// those that are not answered yet, and those that are answered by nobody.
extension TCPInfo {
  /// Probes of the closed window that a living peer would have answered by now. Each answer sets it back to 0.
  ///
  /// A peer answers no probe within 500 ms of its last answer (tcp_invalid_ratelimit, ip-sysctl): that is one at the
  /// most, the first, for the waits between them double (tcp_send_probe0). And the last needs a round trip.
  public var unansweredProbes: Int {
    let first = max(0, backoff - probes)
    let isUnderLimit = probeWait(first) < .milliseconds(500)
    return max(0, probes - (isUnderLimit ? 1 : 0) - (hasLastProbeHadTime(first) ? 0 : 1))
  }

  /// The peer's kernel answers the probes of its closed window: it lives and does not read. One answer may be lost.
  public var isWindowAnswered: Bool { isWindowClosed && unansweredProbes <= 1 }

  /// The waits since the last answer, which began it anew, are over, and a round trip more. The kernel's timers are
  /// late by an eighth at the most (kernel/time/timer.c).
  private func hasLastProbeHadTime(_ first: Int) -> Bool {
    let waits = (first..<first + probes).reduce(Duration.zero) { $0 + probeWait($1) }
    return sinceAcknowledged >= waits + waits / 8 + .milliseconds(50) + pathAllowance
  }

  /// How long the kernel waits before a probe, after so many doublings (tcp_probe0_when): from 200 ms to 2 minutes.
  private func probeWait(_ doublings: Int) -> Duration {
    min(max(retransmissionTimeout, .milliseconds(200)) * (1 << min(doublings, 10)), .seconds(120))
  }
}
