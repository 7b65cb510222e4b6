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
/// An error that a call of the app takes before the monitor has looked is not seen here; the next one is. So it is with one
/// that comes during a call: on the same machine that is each one on what the call itself sends. Routers limit how often they
/// tell (Linux: once a second and target after the first few, icmp_ratelimit of icmp(7)); what is promised counts on an
/// answer to each packet.
///
/// Only data in flight is answered: TCP ignores ICMP that a keepalive probe caused (tcp_v4_err). Which message it
/// was cannot be told without taking the error from the app. Options are put back on `detach`.
public struct ICMPDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    /// When to look whether the peer answers again; `never` while nothing is suspected.
    var next: MonotonicTime = .never
    /// The suspicion's end.
    var end: MonotonicTime = .never
    /// The low half of the count of acknowledged bytes when the error came.
    var acknowledged: UInt32 = 0
    var received: UInt32 = 0
    /// The options as they were; negative where the socket has none.
    let saved: Int8
    let saved6: Int8
  }

  public static let name: DetectorName = "icmp"

  /// How long a soft error is held against the path, unless the peer is heard before.
  public let memory: Duration

  /// From its settings, each described at its property.
  public init(memory: Duration = .seconds(5)) {
    self.memory = memory
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "memory", .seconds(5), in: .milliseconds(100) ... .seconds(3600),
      "How long an ICMP error is suspicious. Sets IP_RECVERR: each error makes the app's next call fail once."
    )
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(memory: try settings.duration("memory"))
  }

  public var interest: Interest { .readiness(.error) }

  /// Between looks whether a suspected peer answers again.
  private static let period = Duration.milliseconds(100)

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    // A socket of IPv6 takes both: it may speak IPv4 (ipv6(7), mapped addresses).
    let saved = ICMPDetector.turnOn(.receivesErrors, socket)
    let saved6 = ICMPDetector.turnOn(.receivesErrors6, socket)
    return State(saved: saved, saved6: saved6)
  }

  /// What the option was; negative where the socket does not have it.
  private static func turnOn(_ option: SocketOption, _ socket: borrowing BorrowedSocket) -> Int8 {
    guard let old = try? socket.option(option), (try? socket.setOption(option, to: 1)) != nil else {
      return -1
    }
    return Int8(clamping: old)
  }

  public func detach(_ socket: borrowing BorrowedSocket, state: State) {
    if state.saved >= 0 { try? socket.setOption(.receivesErrors, to: CInt(state.saved)) }
    if state.saved6 >= 0 { try? socket.setOption(.receivesErrors6, to: CInt(state.saved6)) }
  }

  public func deadline(_ state: State) -> MonotonicTime? { state.next }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    let now = signal.now
    switch signal.event {
    case .readiness(let bits):
      // An end is an error as well, and not ours to tell. A pending error shows with every later event too: with
      // bytes that arrived it is old news.
      guard bits.contains(.error), bits.isDisjoint(with: [.hangUp, .readable]),
        let info = try? socket.tcpInfo(), !info.state.isOver
      else { return nil }
      state.acknowledged = UInt32(truncatingIfNeeded: info.bytesAcknowledged)
      state.received = UInt32(truncatingIfNeeded: info.bytesReceived)
      state.end = now + memory
      state.next = now + ICMPDetector.period
      var evidence = Evidence(
        .suspicious, layer: .path, cause: .hostUnreachable, at: now, lifetime: memory, tcpInfo: info)
      evidence.readiness = bits
      return evidence
    case .deadline, .challenge:
      guard state.next != .never, let info = try? socket.tcpInfo() else { return nil }
      let isHeard =
        UInt32(truncatingIfNeeded: info.bytesAcknowledged) != state.acknowledged
        || UInt32(truncatingIfNeeded: info.bytesReceived) != state.received
      let isOver = isHeard || info.state.isOver || now >= state.end
      state.next = isOver ? .never : now + ICMPDetector.period
      return isOver ? .withdrawn(at: now) : nil
    case .clockStall(let stall):
      if state.end != .never { state.end = state.end + stall }
      return nil
    case .received, .source:
      return nil
    }
  }
}

extension DetectorUse {
  /// The ICMP detector in a policy. It makes the app's next call fail once for each ICMP error: see
  /// `ICMPDetector`.
  public static func icmp(memory: Duration = .seconds(5)) -> DetectorUse {
    DetectorUse(ICMPDetector.name, ["memory": .duration(memory)])
  }
}
