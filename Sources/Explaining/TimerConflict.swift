import FlatlineCore

/// A conflict between two timers, or between a timer and a rule of the network.
public struct TimerConflict: Hashable, Sendable {
  /// How bad it is.
  @nonexhaustive
  public enum Gravity: String, Hashable, Sendable {
    /// A living peer may be convicted, or a setting has no effect.
    case warning
    /// Good to know.
    case note
  }

  /// How bad it is.
  public let gravity: Gravity
  /// The conflict and its consequence; one line.
  public let what: String
  /// The source of the rule: a manual page, an RFC, a file of the kernel.
  public let rule: String

  /// From its parts, each described at its property.
  public init(_ gravity: Gravity, _ what: String, rule: String) {
    self.gravity = gravity
    self.what = what
    self.rule = rule
  }
}

extension SocketTimers {
  /// The conflicts of these timers on a path of this round trip, warnings first.
  public func conflicts(roundTrip: Duration) -> [TimerConflict] {
    let all =
      userTimeoutAndKeepalive + userTimeoutAlone + bursts + pings(roundTrip) + servers
      + unacknowledgedData(roundTrip) + softErrors
    return all.filter { $0.gravity == .warning } + all.filter { $0.gravity == .note }
  }

  private var userTimeoutAndKeepalive: [TimerConflict] {
    guard let timeout = keepaliveUserTimeout, let keepalive else { return [] }
    let rule = "tcp(7), TCP_USER_TIMEOUT; tcp_keepalive_timer, net/ipv4/tcp_timer.c"
    if let burst = keepalive.burst {
      guard timeout < keepalive.idle + burst else { return [] }
      return [
        TimerConflict(
          .warning,
          "user time-out \(text(timeout)) is under keepalive's idle \(text(keepalive.idle)) + burst \(text(burst)): "
            + "the kernel ends the connection before the burst is over", rule: rule)
      ]
    }
    var conflicts: [TimerConflict] = []
    if timeout <= keepalive.idle + keepalive.interval {
      conflicts.append(
        TimerConflict(
          .warning,
          "user time-out \(text(timeout)) is at most keepalive's idle \(text(keepalive.idle)) + interval "
            + "\(text(keepalive.interval)): one lost probe ends a living connection", rule: rule))
    }
    conflicts.append(
      TimerConflict(
        .note, "the user time-out replaces keepalive's count of \(keepalive.probes) probes", rule: rule))
    return conflicts
  }

  private var userTimeoutAlone: [TimerConflict] {
    guard let userTimeout else { return [] }
    if userTimeout.isApps { return appsUserTimeout(userTimeout.timeout) }
    let timeout = userTimeout.timeout
    var conflicts: [TimerConflict] = []
    if !userTimeout.sparesStalled {
      conflicts.append(
        TimerConflict(
          .warning,
          "the user time-out ends a living peer whose window stays closed for \(text(timeout)), answered or not",
          rule: "RFC 9293, 3.8.6.1; tcp_probe_timer, net/ipv4/tcp_timer.c"))
    }
    if let unacknowledged, timeout < unacknowledged.deadAfter {
      conflicts.append(
        TimerConflict(
          .warning,
          "user time-out \(text(timeout)) is under deadAfter \(text(unacknowledged.deadAfter)): "
            + "the kernel decides before the vote can", rule: "tcp(7), TCP_USER_TIMEOUT"))
    }
    if keepalive == nil {
      conflicts.append(
        TimerConflict(
          .note, "the user time-out never ends an idle connection", rule: "RFC 5482, 3; tcp(7)"))
    }
    return conflicts
  }

  /// The app's own time-out stays in force for data, and gives way to keepalive's probes.
  private func appsUserTimeout(_ timeout: Duration) -> [TimerConflict] {
    let rule = "tcp(7), TCP_USER_TIMEOUT"
    var conflicts: [TimerConflict] = []
    if let unacknowledged, timeout < unacknowledged.deadAfter {
      conflicts.append(
        TimerConflict(
          .warning,
          "the app's user time-out \(text(timeout)) is under deadAfter \(text(unacknowledged.deadAfter)): the kernel "
            + "ends a connection whose data is unacknowledged for \(text(timeout)), and no pause that is longer is "
            + "survived", rule: rule))
    } else {
      conflicts.append(
        TimerConflict(
          .note,
          "the app's user time-out ends a connection whose data is unacknowledged for \(text(timeout))",
          rule: rule))
    }
    conflicts.append(
      TimerConflict(
        .note, "the app's user time-out ends a living peer whose window stays closed for \(text(timeout))",
        rule: "RFC 9293, 3.8.6.1; tcp_probe_timer, net/ipv4/tcp_timer.c"))
    if keepalive?.sparesTimeout == true {
      conflicts.append(
        TimerConflict(
          .note,
          "the app's user time-out gives way while a keepalive probe is unanswered: it ends no idle connection",
          rule: "tcp_keepalive_timer, net/ipv4/tcp_timer.c"))
    }
    return conflicts
  }

  private var bursts: [TimerConflict] {
    guard let burst = keepalive?.burst, burst < .seconds(1) else { return [] }
    return [
      TimerConflict(
        .warning,
        "a burst of \(text(burst)) spans fewer than two answers: a Linux peer answers probes at most each 500 ms",
        rule: "tcp_invalid_ratelimit, Documentation/networking/ip-sysctl.rst")
    ]
  }

  private func pings(_ roundTrip: Duration) -> [TimerConflict] {
    guard let ping else { return [] }
    if ping.patience <= roundTrip {
      return [
        TimerConflict(
          .warning,
          "silence of \(text(ping.patience)) convicts before an answer can come: the round trip is \(text(roundTrip))",
          rule: "Chen, Toueg, Aguilera 2002: a freshness point before the delay")
      ]
    }
    var conflicts: [TimerConflict] = []
    if ping.interval < roundTrip {
      conflicts.append(
        TimerConflict(
          .warning,
          "a heartbeat each \(text(ping.interval)) is faster than the round trip of \(text(roundTrip)): pings queue up",
          rule: "RFC 8085, 3.1.3: at most one message a round trip"))
    }
    // A lost segment is retransmitted after a time-out; its answer comes a round trip later.
    let repair = Duration.milliseconds(204) + roundTrip * 2
    if ping.patience < ping.interval + repair {
      conflicts.append(
        TimerConflict(
          .warning,
          "silence of \(text(ping.patience)) convicts before one lost ping is repeated and answered",
          rule: "RFC 6298, 2.4; TCP_RTO_MIN is 200 ms on Linux"))
    }
    return conflicts
  }

  /// What each protocol's servers bear: a line for each that minds this interval, and one with all of them.
  private var servers: [TimerConflict] {
    guard let ping, !ping.servers.isEmpty else { return [] }
    let minding = ping.servers.filter { ping.interval < $0.least.interval }
    let conflicts = minding.map { server in
      let life = server.least.pingsPerConnection.map { ", in \(text(ping.interval * $0))" } ?? ""
      return TimerConflict(
        .note, "a heartbeat each \(text(ping.interval)): \(server.least.consequence)\(life)",
        rule: server.least.rule)
    }
    let all = ping.servers.map { server in
      "\(server.name) \(server.least.interval > .zero ? text(server.least.interval) : "any")"
    }
    return conflicts + [
      TimerConflict(
        .note, "least interval between pings that servers bear: \(all.joined(separator: ", "))",
        rule: "each protocol's standard, or its servers' documentation (HeartbeatProtocol.leastInterval)")
    ]
  }

  private func unacknowledgedData(_ roundTrip: Duration) -> [TimerConflict] {
    guard let unacknowledged else { return [] }
    var conflicts: [TimerConflict] = []
    if unacknowledged.suspectAfter < .milliseconds(200) {
      conflicts.append(
        TimerConflict(
          .note,
          "suspectAfter \(text(unacknowledged.suspectAfter)) is under the 200 ms a peer may hold an ACK back: "
            + "suspicions will come and go", rule: "RFC 1122, 4.2.3.2; TCP_DELACK_MAX, include/net/tcp.h"))
    }
    let scenario = FaultScenario(
      fault: .silentDrop, traffic: .inFlight, roundTrip: roundTrip, timers: self)
    let tried = scenario.retransmission(unacknowledged.attempts)
    if tried > unacknowledged.deadAfter + scenario.pathAllowance {
      conflicts.append(
        TimerConflict(
          .note,
          "\(unacknowledged.attempts) failed attempts take \(text(tried)): deadAfter "
            + "\(text(unacknowledged.deadAfter)) waits for them", rule: "RFC 6298, 5.5"))
    }
    return conflicts
  }

  private var softErrors: [TimerConflict] {
    guard receivesErrors else { return [] }
    return [
      TimerConflict(
        .warning, "each ICMP error makes the app's next call on the socket fail once, although it lives",
        rule: "ip(7), IP_RECVERR")
    ]
  }

  private func text(_ duration: Duration) -> String { DurationText.text(duration) }
}
