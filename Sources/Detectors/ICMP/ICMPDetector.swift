public import FlatlineCore

/// Early circumstantial evidence from ICMP (RFC 1122, 4.2.3.9): a router, or our own neighbour table, says that
/// the peer's host, network or port cannot be reached or may not be. IP_RECVERR and IPV6_RECVERR (ip(7), ipv6(7))
/// have the kernel raise such a soft error at once as EPOLLERR; the connection stays ESTABLISHED and TCP goes on
/// trying, so it is a suspicion and never more.
///
/// **It changes what the app sees:** while the option is on, a soft error makes the app's next call on the socket
/// fail once (EHOSTUNREACH, ENETUNREACH, ECONNREFUSED, EACCES …) although the connection lives. Hence it is in no
/// named policy but its own, and must be asked for by name.
///
/// The detector misses an error that a call of the app takes before the monitor has looked; it sees the next one. It
/// also misses an error that arrives during a call: on the same machine, every error about a packet of that call.
/// Routers limit the rate of their replies (Linux: one a second and target after the first few, icmp_ratelimit of
/// icmp(7)). The promise assumes a reply to each packet.
///
/// Where the app sends with MSG_ZEROCOPY or asks for timestamps (SO_TIMESTAMPING), the error queue raises EPOLLERR as
/// well: the detector believes a router only while that queue is empty, so it may miss a reply there.
///
/// Only data in flight is answered: TCP ignores ICMP that a keepalive probe caused (tcp_v4_err). The type of the
/// message cannot be read without taking the error from the app.
public struct ICMPDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    /// The suspicion's end; `never` while nothing is suspected.
    var end: MonotonicTime = .never
    /// The low half of the count of acknowledged bytes when the error came.
    var acknowledged: UInt32 = 0
    /// The low half of the count of received bytes when the error came.
    var received: UInt32 = 0
  }

  public static let name: DetectorName = "icmp"

  /// The value of each setting that is not given.
  public enum Defaults {
    /// Of ``ICMPDetector/memory``.
    public static let memory = Duration.seconds(5)
  }

  /// How long a soft error counts against the path, unless the peer is heard before.
  public let memory: Duration

  /// From its settings, each described at its property.
  public init(memory: Duration = Defaults.memory) {
    self.memory = memory
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "memory", Defaults.memory, in: .milliseconds(100) ... .seconds(3600),
      "How long an ICMP error is suspicious. Sets IP_RECVERR: each error makes the app's next call fail once."
    )
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(memory: try settings.duration("memory"))
  }

  public var needs: Needs {
    // A socket of IPv6 takes both options: it may speak IPv4 (ipv6(7), mapped addresses).
    Needs(
      readiness: .error, options: [HeldOption(.receivesErrors, 1), HeldOption(.receivesErrors6, 1)])
  }

  /// Time between looks for an answer from a suspected peer.
  private static let period = Duration.milliseconds(100)

  public func begin(_ look: borrowing Look) -> State? { State() }

  public func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    guard look.stall == .zero else {
      if state.end != .never { state.end = state.end + look.stall }
      return .unchanged
    }
    if look.hasSoftError, let info = look.tcpInfo, isSoftError(look.readiness, info) {
      return suspicion(look.readiness, info, look.now, &state)
    }
    guard state.end != .never else { return .unchanged }
    let isOver = look.now >= state.end || look.tcpInfo.map { isHeard($0, state) || $0.state.isOver } ?? false
    guard isOver else { return Opinion(next: look.now + ICMPDetector.period) }
    state.end = .never
    return Opinion(.withdrawn(at: look.now), next: .never)
  }

  /// A connection end is an error as well; other detectors report it. A pending error shows with every later event too:
  /// an error together with received bytes is an old one.
  private func isSoftError(_ bits: Readiness, _ info: TCPInfo) -> Bool {
    bits.contains(.error) && bits.isDisjoint(with: [.hangUp, .readable]) && !info.state.isOver
  }

  private func suspicion(
    _ bits: Readiness, _ info: TCPInfo, _ now: MonotonicTime, _ state: inout State
  ) -> Opinion {
    state.acknowledged = UInt32(truncatingIfNeeded: info.bytesAcknowledged)
    state.received = UInt32(truncatingIfNeeded: info.bytesReceived)
    state.end = now + memory
    var evidence = Evidence(
      .suspicious, layer: .path, cause: .hostUnreachable, at: now, lifetime: memory, tcpInfo: info)
    evidence.readiness = bits
    return Opinion(evidence, next: now + ICMPDetector.period)
  }

  /// Whether the peer has sent or acknowledged bytes since the error came.
  private func isHeard(_ info: TCPInfo, _ state: State) -> Bool {
    UInt32(truncatingIfNeeded: info.bytesAcknowledged) != state.acknowledged
      || UInt32(truncatingIfNeeded: info.bytesReceived) != state.received
  }
}

extension DetectorUse {
  /// The ICMP detector in a policy. It makes the app's next call fail once for each ICMP error: see
  /// `ICMPDetector`.
  public static func icmp(memory: Duration = ICMPDetector.Defaults.memory) -> DetectorUse {
    DetectorUse(ICMPDetector.name, ["memory": .duration(memory)])
  }
}
