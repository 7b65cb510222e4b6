import FlatlineCore

/// Activity of the connection when a fault strikes.
@nonexhaustive
public enum Traffic: String, Sendable, Hashable, CaseIterable {
  /// Nothing is sent, and no way to ping was given.
  case idle
  /// The app sends small writes, at most 100 ms apart, and no way to ping was given.
  case inFlight = "in-flight"
  /// Only the heartbeat talks.
  case heartbeat
}

/// A fault, and the facts about the connection that a detector needs for its promise.
public struct FaultScenario: Hashable, Sendable {
  /// The fault that strikes the connection.
  public let fault: FaultClass
  /// Activity of the connection at the fault.
  public let traffic: Traffic
  /// The path's round trip.
  public let roundTrip: Duration
  /// Combined effect of all detectors of the policy on the connection.
  public let timers: SocketTimers
  /// Latest time at which the policy suspects the connection: sources are asked then
  /// (`NewsSource/someConnectionBecameSuspect(now:)`). `nil` while it is not computed yet.
  public var suspectedWithin: Duration?
  /// Latest time at which the policy challenges this detector (`Rule.confirm(_:by:within:)`). `nil` if it never does,
  /// and while it is not computed yet.
  public var challengedWithin: Duration?

  /// From its parts, each described at its property. With a heartbeat that can send nothing from the fault on
  /// (``FaultClass/stopsPings``) the connection is idle.
  public init(fault: FaultClass, traffic: Traffic, roundTrip: Duration, timers: SocketTimers) {
    self.fault = fault
    self.traffic = traffic == .heartbeat && fault.stopsPings ? .idle : traffic
    self.roundTrip = roundTrip
    self.timers = timers
  }

  /// Effect of the fault, as far as this side can observe it.
  public var effect: FaultEffect { fault.effect }

  /// Time from a kernel event, or a deadline, to the verdict, on a machine that is busy but not overloaded.
  public static let slack = Duration.milliseconds(40)

  /// A path with a shorter round trip does not leave this machine: a call that sends may not have returned when the
  /// answer comes.
  public static let shortestWay = Duration.microseconds(100)

  /// Longest time until the next data is sent; `nil` when none is.
  public var sendsWithin: Duration? {
    // It is the sending of large segments that loses them.
    if effect == .largePacketsLost(.outbound) { return .milliseconds(100) }
    return switch traffic {
    case .idle: nil
    case .inFlight: .milliseconds(100)
    case .heartbeat: timers.ping?.interval
    }
  }

  /// Time from which data is in flight, or waits for a window, that the fault keeps unacknowledged; `nil` when nothing
  /// is sent.
  public var isStuckWithin: Duration? {
    // The transfer that closed the window left more data behind it; a large segment is lost at once.
    let isStuckAtOnce = effect == .closedWindow || effect == .largePacketsLost(.outbound)
    return isStuckAtOnce ? sendsWithin.map { _ in .zero } : sendsWithin
  }

  /// How long after the fault new data of the peer may still come. A peer that sends, unacknowledged, goes on until its
  /// first retransmission time-out, which a tail loss probe may put off by one more.
  public var hearsWithin: Duration {
    guard fault == .receiveOnlyDrop else { return .zero }
    let timeout = retransmissionTimeout + FaultScenario.lateness(of: retransmissionTimeout)
    return .milliseconds(100) + timeout * 2
  }

  /// How long after the fault an answer to earlier segments may still come: the ACK of our FIN is delayed by up to 40 ms
  /// (TCP_DELACK_MIN), and so may be that of the last answer before it.
  public var isAnsweredWithin: Duration {
    fault == .halfClosedDrop && traffic != .inFlight ? .milliseconds(150) + roundTrip : .zero
  }

  /// Longest time that the path adds to a detector's waits; see `TCPInfo.pathAllowance`.
  public var pathAllowance: Duration { roundTrip * 10 }

  /// Nothing comes back, whatever is gone.
  public var isSilence: Bool {
    switch effect {
    case .silence, .localLoss: true
    default: false
    }
  }

  /// Latest time at which an unreachable reply is seen; `nil` for never. Only data in flight gets a reply: TCP ignores
  /// ICMP that a keepalive probe caused. A reply that arrives while a call of the app holds the socket is only noted
  /// (sk_err_soft), and the next one counts (tcp_v4_err, net/ipv4/tcp_ipv4.c). That happens to the reply to the call's
  /// own packet if the refusing router is on this machine.
  public var unreachableReply: Duration? {
    guard case .silence(let reply?) = effect, let sendsWithin else { return nil }
    // After the next data or a retransmission, a timer sends a packet (a tail loss probe) that belongs to no call.
    let again = roundTrip < FaultScenario.shortestWay ? min(sendsWithin, latestRetransmission(1)) : .zero
    return sendsWithin + again + reply.after + roundTrip + FaultScenario.slack
  }
}
