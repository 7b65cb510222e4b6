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
  public let fault: FaultClass
  public let traffic: Traffic
  /// The path's round trip.
  public let roundTrip: Duration
  /// What all detectors of the policy together do to the connection.
  public let timers: SocketTimers

  public init(fault: FaultClass, traffic: Traffic, roundTrip: Duration, timers: SocketTimers) {
    self.fault = fault
    self.traffic = traffic
    self.roundTrip = roundTrip
    self.timers = timers
  }

  public var effect: FaultEffect { fault.effect }

  /// From a kernel's event to the verdict, on a machine that is not overloaded.
  public static let slack = Duration.milliseconds(20)

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

  /// When a router's word comes at the latest; `nil` for none. Only data in flight is answered: TCP ignores ICMP
  /// that a keepalive probe caused (tcp_v4_err).
  public var refusal: Duration? {
    guard case .silence(let refusal?) = effect, let sendsWithin else { return nil }
    // The first transmission that is refused: there are fewer than twenty before any cap.
    let attempt = (0...20).first { retransmission($0) >= refusal.from } ?? 0
    return sendsWithin + retransmission(attempt) + refusal.after + roundTrip + Circumstances.slack
  }
}
