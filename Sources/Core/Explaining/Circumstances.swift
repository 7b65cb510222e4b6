/// What the connection is doing when a fault strikes.
public enum Traffic: String, Sendable, Hashable, CaseIterable {
  /// Nothing is sent, and no way to ping was given.
  case idle
  /// The app sends small writes, at most 100 ms apart, and no way to ping was given.
  case inFlight = "in-flight"
  /// Only the heartbeat talks.
  case heartbeat
}

/// A fault, and what a detector must know of the connection to say what it will make of it.
public struct Circumstances: Hashable, Sendable {
  /// What happens to the connection.
  public let fault: FaultClass
  /// What the connection is doing when it happens.
  public let traffic: Traffic
  /// The path's round trip.
  public let roundTrip: Duration
  /// What all detectors of the policy together do to the connection.
  public let timers: SocketTimers

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

  /// The longest until the next data is sent; `nil` when none is.
  public var sendsWithin: Duration? {
    switch traffic {
    case .idle: nil
    case .inFlight: .milliseconds(100)
    case .heartbeat: timers.ping?.interval
    }
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
  /// (sk_err_soft), and the next one counts (tcp_v4_err, net/ipv4/tcp_ipv4.c).
  public var refusal: Duration? {
    guard case .silence(let refusal?) = effect, let sendsWithin else { return nil }
    // The first transmission that is refused: there are fewer than twenty before any cap.
    let attempt = (0...20).first { retransmission($0) >= refusal.from } ?? 0
    return sendsWithin * 2 + retransmission(attempt) + refusal.after + roundTrip + Circumstances.slack
  }
}
