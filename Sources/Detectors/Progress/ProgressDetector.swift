public import FlatlineCore

/// Passive proof of life from TCP_INFO (tcp(7)). It vetoes and never convicts: put it behind `unless`. A heartbeat that
/// waits in the same stream behind a big transfer on a slow path is late, not lost.
///
/// - Received bytes show that the peer's program lives, or lived when it sent them.
/// - Acknowledged bytes show that its host lives. They excuse a late answer only while a backlog is before it:
///   otherwise the acknowledgement of each ping would hide a hung program.
/// - A closed window with answered probes (RFC 9293, 3.8.6.1) shows a peer that lives and does not read. It is excused
///   for `stallLimit`, then reported as `stalled`: suspicious, never dead.
public struct ProgressDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    /// The low halves of the counts at the last look: enough to see them move.
    var received: UInt32
    var acknowledged: UInt32
    /// Since when the peer's window has been closed and answered; `never` while it is not.
    var stallStart: MonotonicTime = .never
    /// Whether the closed window was reported as suspicious.
    var isStallReported = false
  }

  public static let name: DetectorName = "progress"

  /// How long a sign of life counts.
  public let memory: Duration
  /// Bytes not yet acknowledged, sent or not, that excuse a late answer behind them.
  public let backlog: Int
  /// How long a closed window that is answered counts as life.
  public let stallLimit: Duration
  /// Time between samples; looks for other reasons are used as well.
  public let period: Duration
  /// Whether it also looks where there is no heartbeat to excuse.
  public let always: Bool

  /// From its settings, each described at its property.
  public init(
    memory: Duration = Defaults.memory, backlog: Int = Defaults.backlog,
    stallLimit: Duration = Defaults.stallLimit, period: Duration = Defaults.period,
    always: Bool = Defaults.always
  ) {
    self.memory = memory
    self.backlog = backlog
    self.stallLimit = stallLimit
    self.period = period
    self.always = always
  }

  public var needs: Needs { Needs(period: period, leeway: period) }

  /// Without a heartbeat there is nothing late to excuse, unless the settings ask for it.
  public func begin(_ look: borrowing Look) -> State? {
    guard always || look.canPing, let info = look.tcpInfo else { return nil }
    return State(
      received: UInt32(truncatingIfNeeded: info.bytesReceived),
      acknowledged: UInt32(truncatingIfNeeded: info.bytesAcknowledged))
  }

  public func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    guard look.stall == .zero, let info = look.tcpInfo else { return .unchanged }
    let now = look.now
    guard !info.state.isOver else { return Opinion(.withdrawn(at: now), next: .never) }
    return Opinion(
      evidence(info, &state, now), next: (now + period).roundedUp(toMultipleOf: period / 16))
  }

  private func evidence(_ info: TCPInfo, _ state: inout State, _ now: MonotonicTime) -> Evidence? {
    guard !info.isWindowAnswered else { return stall(info, &state, now) }
    let wasStalled = state.stallStart != .never
    let wasReported = state.isStallReported
    state.stallStart = .never
    state.isStallReported = false
    if let life = life(info, &state, now) { return life }
    guard wasStalled else { return nil }
    // The peer's kernel has just opened the window, and no byte of the backlog is acknowledged yet.
    guard !wasReported, !info.isWindowClosed, info.sinceAcknowledged < memory else {
      return .withdrawn(at: now)
    }
    return .alive(.host, at: now, lifetime: memory - info.sinceAcknowledged)
  }

  /// Evidence from a closed window.
  private func stall(_ info: TCPInfo, _ state: inout State, _ now: MonotonicTime) -> Evidence? {
    if state.stallStart == .never { state.stallStart = now }
    count(info, &state)
    guard now - state.stallStart >= stallLimit else {
      return .alive(.host, at: now, lifetime: min(memory, stallLimit - (now - state.stallStart)))
    }
    guard !state.isStallReported else { return nil }
    state.isStallReported = true
    return Evidence(
      .suspicious, layer: .process, cause: .stalled, at: now, tcpInfo: info,
      notes: [.duration("stalled", now - state.stallStart)])
  }

  /// Evidence from progress since the last look.
  private func life(_ info: TCPInfo, _ state: inout State, _ now: MonotonicTime) -> Evidence? {
    let (received, acknowledged) = (state.received, state.acknowledged)
    count(info, &state)
    if state.received != received, info.sinceDataReceived < memory {
      return .alive(.process, at: now, lifetime: memory - info.sinceDataReceived)
    }
    let isBehind = info.bytesInFlight + info.notSent >= backlog
    guard isBehind, state.acknowledged != acknowledged, info.sinceAcknowledged < memory else { return nil }
    return .alive(.host, at: now, lifetime: memory - info.sinceAcknowledged)
  }

  private func count(_ info: TCPInfo, _ state: inout State) {
    state.received = UInt32(truncatingIfNeeded: info.bytesReceived)
    state.acknowledged = UInt32(truncatingIfNeeded: info.bytesAcknowledged)
  }
}
