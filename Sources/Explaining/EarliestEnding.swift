import FlatlineCore

/// The earliest times of the kernel (net/ipv4/tcp_timer.c), on a path that was well before the fault.
extension FaultScenario {
  /// Longest time from the sending of data to its acknowledgement on a path that is well: data that is in flight when
  /// the fault strikes is no older. A peer may hold an ACK back for 200 ms (TCP_DELACK_MAX, include/net/tcp.h).
  public var oldestInFlight: Duration { roundTrip + .milliseconds(200) + FaultScenario.tick }

  /// A timer of the kernel counts in ticks, of 10 ms at the most (CONFIG_HZ).
  private static let tick = Duration.milliseconds(10)

  /// A time before which the kernel does not end the connection; `nil` where it never does.
  public var earliestEnding: Duration? {
    switch effect {
    case .finish, .reset, .destroyed: .zero
    case .forgotten(let after): min(after, earliestTimeOut ?? after)
    case .silence(let reply): timers.receivesErrors && reply != nil ? .zero : earliestTimeOut
    case .localLoss: timers.receivesErrors ? .zero : earliestTimeOut
    case .largePacketsLost(.outbound): earliestTimeOut
    case .largePacketsLost(.inbound): nil
    // A time-out may end a peer that answers with a closed window.
    case .hang, .closedWindow: timers.userTimeout.map { max(.zero, $0.timeout - oldestInFlight) }
    }
  }

  private var earliestTimeOut: Duration? {
    [dataTimeOut, keepaliveTimeOut].compactMap { $0 }.min().map { max(.zero, $0) }
  }

  /// Of data that is unacknowledged: TCP_USER_TIMEOUT, or the fifteen doublings of tcp_retries2.
  private var dataTimeOut: Duration? {
    guard sendsWithin != nil else { return nil }
    return (timers.userTimeout?.timeout ?? doublings) - oldestInFlight
  }

  /// Of keepalive: a probe may have left just before the fault, and the last answer a whole wait before that.
  private var keepaliveTimeOut: Duration? {
    guard traffic != .inFlight, let keepalive = timers.keepalive else { return nil }
    if let timeout = timers.keepaliveUserTimeout {
      return timeout - max(keepalive.idle, keepalive.interval) - oldestInFlight
    }
    let interval = keepalive.burst == nil ? keepalive.interval : keepalive.burstInterval
    return interval * keepalive.probes - oldestInFlight
  }

  /// Time that the kernel gives fifteen retransmissions (tcp_model_timeout), each wait at most TCP_RTO_MAX_MS.
  private var doublings: Duration {
    let limit = timers.retransmissionLimit ?? .seconds(120)
    var wait = Duration.milliseconds(200)
    var sum = Duration.zero
    for _ in 0...15 {
      sum += min(wait, limit)
      wait = min(wait * 2, .seconds(120))
    }
    return sum
  }
}
