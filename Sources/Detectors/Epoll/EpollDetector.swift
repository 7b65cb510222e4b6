public import FlatlineCore

/// Detection by epoll readiness, edge-triggered: FIN, RST, hang-up and the kernel's own time-outs, within
/// microseconds of the kernel knowing (epoll(7), epoll_ctl(2)).
///
/// It sees only what reaches the kernel: a pulled cable or a frozen peer makes no readiness. It consumes
/// nothing: no byte is read and the pending error stays for the app's next call; the cause is told from
/// TCP_INFO (see `Ending`).
public struct EpollDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    var before: BeforeEnding
    /// The first EPOLLOUT tells only that the socket was added.
    var hasSeenWritable = false
    /// The connection is over and that has been told; what is left ages and would tell it differently.
    var hasEnded = false
  }

  public static let name: DetectorName = "epoll"

  /// Bytes that arrive (EPOLLIN) count as life of the peer's program. Costs a wake-up for every arrival that
  /// the monitor is awake for.
  public let readable: Bool
  /// A full send buffer that drains (EPOLLOUT) counts as life of the peer's host.
  public let writable: Bool
  /// How long a sign of life counts.
  public let memory: Duration

  /// From its settings, each described at its property.
  public init(readable: Bool = false, writable: Bool = true, memory: Duration = .seconds(1)) {
    self.readable = readable
    self.writable = writable
    self.memory = memory
  }

  public static let settings: [SettingDescription] = [
    .flag("readable", false, "Bytes that arrive (EPOLLIN) count as life; costs a wake-up for each arrival."),
    .flag("writable", true, "A full send buffer that drains (EPOLLOUT) counts as life."),
    .duration(
      "memory", .seconds(1), in: .milliseconds(1) ... .seconds(3600), "How long a sign of life counts."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      readable: try settings.flag("readable"), writable: try settings.flag("writable"),
      memory: try settings.duration("memory"))
  }

  public var interest: Interest {
    var bits = Readiness.ending
    if readable { bits.insert(.readable) }
    if writable { bits.insert(.writable) }
    return .readiness(bits)
  }

  public func applies(to socket: borrowing BorrowedSocket) -> Bool { socket.hasDescriptor }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    State(before: BeforeEnding(try socket.tcpInfo(), at: now))
  }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    switch signal.event {
    case .readiness(let bits):
      guard bits.isDisjoint(with: .ending) else {
        return end(bits, socket, &state, signal.now)
      }
      return life(bits, &state, signal.now)
    case .challenge:
      return end(nil, socket, &state, signal.now)
    case .deadline, .received, .clockStall, .source:
      return nil
    }
  }

  /// What is over, told from the bits and the state. Bits are `nil` when a policy asks without an event.
  private func end(
    _ bits: Readiness?, _ socket: borrowing BorrowedSocket, _ state: inout State, _ now: MonotonicTime
  ) -> Evidence? {
    guard !state.hasEnded, let info = try? socket.tcpInfo() else { return nil }
    let before = state.before
    state.before.update(info, at: now)
    state.hasEnded = info.state.isOver
    if var evidence = socket.ending(
      info, hasError: bits?.contains(.error), before: before, at: now)
    {
      evidence.readiness = bits
      return evidence
    }
    // RDHUP while established is the app's own shutdown(SHUT_RD). An error while established is a soft one
    // (ip(7), IP_RECVERR): a router complained and TCP goes on trying.
    guard let bits, bits.contains(.error), !bits.contains(.hangUp) else { return nil }
    var evidence = Evidence(
      .suspicious, layer: .path, cause: .hostUnreachable, at: now, lifetime: .seconds(5), tcpInfo: info)
    evidence.readiness = bits
    return evidence
  }

  private func life(_ bits: Readiness, _ state: inout State, _ now: MonotonicTime) -> Evidence? {
    if bits.contains(.readable), readable { return .alive(.process, at: now, lifetime: memory) }
    // Every event shows whether the socket is writable; only one that shows nothing else is about that.
    guard bits == .writable else { return nil }
    defer { state.hasSeenWritable = true }
    return state.hasSeenWritable ? .alive(.host, at: now, lifetime: memory) : nil
  }
}

extension DetectorUse {
  /// The epoll detector in a policy.
  public static func epoll(
    readable: Bool = false, writable: Bool = true, memory: Duration = .seconds(1)
  ) -> DetectorUse {
    DetectorUse(
      EpollDetector.name,
      ["readable": .flag(readable), "writable": .flag(writable), "memory": .duration(memory)])
  }
}
