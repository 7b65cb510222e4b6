import FlatlineCore

/// Effect of detectors on a connection's timers and on the wire. It lets their rules be checked against each other
/// without any detector knowing another.
public struct SocketTimers: Hashable, Sendable {
  /// TCP keepalive (tcp(7)).
  public struct Keepalive: Hashable, Sendable {
    /// TCP_KEEPIDLE.
    public var idle: Duration
    /// TCP_KEEPINTVL.
    public var interval: Duration
    /// TCP_KEEPCNT.
    public var probes: Int
    /// How long a burst of probes goes unanswered before it convicts; `nil` where the kernel alone convicts.
    public var burst: Duration?
    /// Time between the probes of a burst.
    public var burstInterval: Duration
    /// Longest time from an unanswered probe to the next.
    public var retry: Duration
    /// Whether the app's TCP_USER_TIMEOUT gives way while a probe is unanswered.
    public var sparesTimeout: Bool

    /// From its parts, each described at its property.
    public init(
      idle: Duration, interval: Duration, probes: Int, burst: Duration? = nil,
      burstInterval: Duration = .zero,
      retry: Duration? = nil, sparesTimeout: Bool = false
    ) {
      self.idle = idle
      self.interval = interval
      self.probes = probes
      self.burst = burst
      self.burstInterval = burstInterval
      self.retry = retry ?? interval
      self.sparesTimeout = sparesTimeout
    }
  }

  /// TCP_USER_TIMEOUT (tcp(7)).
  public struct UserTimeout: Hashable, Sendable {
    /// TCP_USER_TIMEOUT.
    public var timeout: Duration
    /// Whether it is lifted for a peer that answers with a closed window.
    public var sparesStalled: Bool
    /// Whether the app set it, and not the policy.
    public var isApps = false

    /// From its parts, each described at its property.
    public init(timeout: Duration, sparesStalled: Bool) {
      self.timeout = timeout
      self.sparesStalled = sparesStalled
    }
  }

  /// Data that stays unacknowledged.
  public struct Unacknowledged: Hashable, Sendable {
    /// Data unacknowledged for so long is suspicious.
    public var suspectAfter: Duration
    /// Data unacknowledged for so long is a death.
    public var deadAfter: Duration
    /// Retransmissions that must have failed.
    public var attempts: Int
    /// Time between samples of an idle connection.
    public var idlePeriod: Duration
    /// Time between samples of a connection that sends.
    public var activePeriod: Duration
    /// Whether the samples of all connections that send fall on the same moments: the multiples of their period.
    public var isAligned: Bool

    /// From its parts, each described at its property.
    public init(
      suspectAfter: Duration, deadAfter: Duration, attempts: Int, idlePeriod: Duration,
      activePeriod: Duration,
      isAligned: Bool = false
    ) {
      self.suspectAfter = suspectAfter
      self.deadAfter = deadAfter
      self.attempts = attempts
      self.idlePeriod = idlePeriod
      self.activePeriod = activePeriod
      self.isAligned = isAligned
    }
  }

  /// A heartbeat.
  public struct Ping: Hashable, Sendable {
    /// Time between pings.
    public var interval: Duration
    /// Silence that convicts.
    public var patience: Duration
    /// The least interval that servers bear, by protocol, in the order in which they are told.
    public var servers: [Server]

    /// A protocol's servers.
    public struct Server: Hashable, Sendable {
      /// The name of the protocol.
      public let name: String
      /// What they bear.
      public let least: LeastPingInterval

      /// From its parts, each described at its property.
      public init(_ name: String, _ least: LeastPingInterval) {
        self.name = name
        self.least = least
      }
    }

    /// From its parts, each described at its property.
    public init(interval: Duration, patience: Duration, servers: [Server] = []) {
      self.interval = interval
      self.patience = patience
      self.servers = servers
    }
  }

  /// TCP keepalive; `nil` if it is left alone.
  public var keepalive: Keepalive?
  /// TCP_USER_TIMEOUT; `nil` if it is left alone.
  public var userTimeout: UserTimeout?
  /// How long data may stay unacknowledged; `nil` for as long as the kernel allows.
  public var unacknowledged: Unacknowledged?
  /// A heartbeat; `nil` for none.
  public var ping: Ping?
  /// TCP_RTO_MAX_MS: the longest wait between retransmissions.
  public var retransmissionLimit: Duration?
  /// IP_RECVERR: ICMP errors fail the app's next call.
  public var receivesErrors = false

  /// The TCP_USER_TIMEOUT that keepalive goes by; `nil` for none, or for one that gives way to its probes.
  public var keepaliveUserTimeout: Duration? {
    guard let userTimeout else { return nil }
    return userTimeout.isApps && keepalive?.sparesTimeout == true ? nil : userTimeout.timeout
  }

  /// No timer is touched, and nothing sent.
  public init() {}

  /// Effect of both detectors; where both set one timer, the second's.
  public func merging(_ other: SocketTimers) -> SocketTimers {
    var merged = self
    merged.keepalive = other.keepalive ?? keepalive
    merged.userTimeout = other.userTimeout ?? userTimeout
    merged.unacknowledged = other.unacknowledged ?? unacknowledged
    merged.ping = other.ping ?? ping
    merged.retransmissionLimit = other.retransmissionLimit ?? retransmissionLimit
    merged.receivesErrors = receivesErrors || other.receivesErrors
    return merged
  }
}
