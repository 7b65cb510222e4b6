import FlatlineCore

/// What the connection is doing when a fault strikes.
@nonexhaustive
public enum Traffic: String, Sendable, Hashable, CaseIterable {
  /// Nothing is sent, and no way to ping was given.
  case idle
  /// The app sends small writes, at most 100 ms apart, and no way to ping was given.
  case inFlight = "in-flight"
  /// Only the heartbeat talks.
  case heartbeat
}

/// A fault, and what a detector must know of the connection to say what it will make of it.
public struct FaultScenario: Hashable, Sendable {
  /// What happens to the connection.
  public let fault: FaultClass
  /// What the connection is doing when it happens.
  public let traffic: Traffic
  /// The path's round trip.
  public let roundTrip: Duration
  /// What all detectors of the policy together do to the connection.
  public let timers: SocketTimers
  /// When the policy suspects the connection at the latest: sources are asked then
  /// (`NewsSource/someConnectionBecameSuspect(now:)`). `nil` while that is being found out.
  public var suspectedWithin: Duration?
  /// When the policy challenges this detector at the latest (`Rule.confirm(_:by:within:)`). `nil` if it never does, and
  /// while that is being found out.
  public var challengedWithin: Duration?

  /// From its parts, each described at its property.
  public init(fault: FaultClass, traffic: Traffic, roundTrip: Duration, timers: SocketTimers) {
    self.fault = fault
    self.traffic = traffic
    self.roundTrip = roundTrip
    self.timers = timers
  }

  /// What the fault does, as far as this side can tell.
  public var effect: FaultEffect { fault.effect }

  /// From a kernel's event, or a deadline, to the verdict, on a machine that is busy but not overloaded.
  public static let slack = Duration.milliseconds(40)

  /// A path with a shorter round trip leads no further than this machine: a call that sends may still last when the answer
  /// comes.
  public static let shortestWay = Duration.microseconds(100)

  /// The longest until the next data is sent; `nil` when none is.
  public var sendsWithin: Duration? {
    switch traffic {
    case .idle: nil
    case .inFlight: .milliseconds(100)
    case .heartbeat: timers.ping?.interval
    }
  }

  /// When data is on its way, or waits for a window, that the fault keeps unacknowledged; `nil` when nothing is sent.
  public var isStuckWithin: Duration? {
    // What closed the window left more behind it.
    effect == .closedWindow ? sendsWithin.map { _ in .zero } : sendsWithin
  }

  /// What a longer path adds to a detector's waits at most; see `TCPInfo.pathAllowance`.
  public var pathAllowance: Duration { roundTrip * 10 }

  /// Nothing comes back, whatever is gone.
  public var isSilence: Bool {
    switch effect {
    case .silence, .localLoss: true
    default: false
    }
  }

  /// When a router's word is heard at the latest; `nil` for never. Only data in flight is answered: TCP ignores
  /// ICMP that a keepalive probe caused. A word that comes while a call of the app holds the socket is only noted
  /// (sk_err_soft), and the next one counts (tcp_v4_err, net/ipv4/tcp_ipv4.c): such is the word on what the call itself
  /// sends, if the one who refuses is on this machine.
  public var unreachableReply: Duration? {
    guard case .silence(let reply?) = effect, let sendsWithin else { return nil }
    // After the next data, or a retransmission, comes a timer's packet (a tail loss probe), which no call sends.
    let again = roundTrip < FaultScenario.shortestWay ? min(sendsWithin, latestRetransmission(1)) : .zero
    return sendsWithin + again + reply.after + roundTrip + FaultScenario.slack
  }
}
