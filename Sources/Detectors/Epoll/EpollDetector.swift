public import FlatlineCore

/// Detection by epoll readiness, edge-triggered: FIN, RST, hang-up and the kernel's own time-outs, within
/// microseconds of the kernel knowing (epoll(7), epoll_ctl(2)).
///
/// It uses epoll's bits alone and reads nothing, but for EPOLLERR without a hang-up: the error queue raises that bit too,
/// for completions of MSG_ZEROCOPY and for timestamps of what was sent, which are no errors. A pulled cable or a frozen peer makes no readiness. Bits accuse and
/// prove nothing: the app's own `shutdown(SHUT_RD)` raises EPOLLRDHUP on a healthy connection, and EPOLLERR does not
/// tell a reset from a time-out. For proof a policy lets `tcp-info` confirm. Nothing is consumed: the pending error
/// stays for the app's next call.
public struct EpollDetector: Detector {
  /// State of the epoll detector for one connection.
  public struct State: BitwiseCopyable, Sendable {
    /// The first EPOLLOUT only means that the socket was added.
    var hasSeenWritable = false
    /// EPOLLRDHUP has been reported: each later event shows it again.
    var hasHalfClosed = false
    /// EPOLLHUP has been reported.
    var hasEnded = false
  }

  public static let name: DetectorName = "epoll"

  /// Bytes that arrive (EPOLLIN) count as life of the peer's program. Costs a wake-up for every arrival for which the
  /// monitor is awake.
  public let readable: Bool
  /// A full send buffer that drains (EPOLLOUT) counts as life of the peer's host.
  public let writable: Bool
  /// How long a sign of life counts.
  public let memory: Duration

  /// The settings where a policy names no others.
  public enum Defaults {
    /// Of ``EpollDetector/readable``.
    public static let readable = false
    /// Of ``EpollDetector/writable``.
    public static let writable = true
    /// Of ``EpollDetector/memory``.
    public static let memory = Duration.seconds(1)
  }

  /// From its settings, each described at its property.
  public init(
    readable: Bool = Defaults.readable, writable: Bool = Defaults.writable, memory: Duration = Defaults.memory
  ) {
    self.readable = readable
    self.writable = writable
    self.memory = memory
  }

  public static let settings: [SettingDescription] = [
    .flag(
      "readable", Defaults.readable,
      "Bytes that arrive (EPOLLIN) count as life; costs a wake-up for each arrival."),
    .flag("writable", Defaults.writable, "A full send buffer that drains (EPOLLOUT) counts as life."),
    .duration(
      "memory", Defaults.memory, in: .milliseconds(1) ... .seconds(3600), "How long a sign of life counts."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      readable: try settings.flag("readable"), writable: try settings.flag("writable"),
      memory: try settings.duration("memory"))
  }

  public var needs: Needs {
    var bits = Readiness.ending
    if readable { bits.insert(.readable) }
    if writable { bits.insert(.writable) }
    return Needs(readiness: bits, readings: [])
  }

  public func begin(_ look: borrowing Look) -> State? { State() }

  public func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    let bits = look.readiness
    // Events after the end belong to the end.
    guard !bits.isEmpty, !state.hasEnded else { return .unchanged }
    return bits.isDisjoint(with: .ending)
      ? life(bits, &state, look.now)
      : accusation(bits, hasSoftError: look.hasSoftError, &state, look.now)
  }

  /// Evidence from a hang-up or an error. Each event shows all bits that stand: only new ones count.
  private func accusation(
    _ bits: Readiness, hasSoftError: Bool, _ state: inout State, _ now: MonotonicTime
  ) -> Opinion {
    if bits.contains(.hangUp) {
      state.hasEnded = true
      // An error may be a reset, a time-out or an unreachable reply.
      return Opinion(
        Evidence(
          .dead, layer: .connection, cause: bits.contains(.error) ? nil : .peerClosed, at: now,
          readiness: bits))
    }
    if bits.contains(.readHangUp) {
      guard !state.hasHalfClosed else { return .unchanged }
      state.hasHalfClosed = true
      return Opinion(
        Evidence(
          .dead, layer: .process, cause: .peerClosed, at: now, isHalfClose: true, readiness: bits))
    }
    // A router replied "unreachable" and TCP goes on trying; or a notice waits on the error queue.
    guard hasSoftError else { return .unchanged }
    return Opinion(
      Evidence(
        .suspicious, layer: .path, cause: .hostUnreachable, at: now, lifetime: .seconds(5), readiness: bits))
  }

  private func life(_ bits: Readiness, _ state: inout State, _ now: MonotonicTime) -> Opinion {
    if bits.contains(.readable), readable {
      return Opinion(.alive(.process, at: now, lifetime: memory))
    }
    // Every event shows whether the socket is writable. Only an event with no other bit means that it became writable.
    guard bits == .writable else { return .unchanged }
    defer { state.hasSeenWritable = true }
    return state.hasSeenWritable ? Opinion(.alive(.host, at: now, lifetime: memory)) : .unchanged
  }
}

extension DetectorUse {
  /// The epoll detector in a policy; see ``EpollDetector``.
  public static func epoll(
    readable: Bool = EpollDetector.Defaults.readable, writable: Bool = EpollDetector.Defaults.writable,
    memory: Duration = EpollDetector.Defaults.memory
  ) -> DetectorUse {
    DetectorUse(
      EpollDetector.name,
      ["readable": .flag(readable), "writable": .flag(writable), "memory": .duration(memory)])
  }
}
