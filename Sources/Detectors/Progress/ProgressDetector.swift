public import FlatlineCore

/// Passive proof of life from TCP_INFO (tcp(7)), to veto and never to convict: put it behind `unless`. A heartbeat
/// that waits in the same stream behind a big transfer on a slow path is late, not lost.
///
/// - Bytes received are life of the peer's program or of what it had sent.
/// - Bytes acknowledged are life of its host; they excuse a late answer only while a backlog is before it, or the
///   acknowledgement of each ping would cover up a program that hangs.
/// - A closed window whose probes are answered (RFC 9293, 3.8.6.1) is a peer that lives and does not read: it is
///   excused for `stallLimit`, then told as `stalled`, suspicious and never dead.
public struct ProgressDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    var next: MonotonicTime
    /// The low halves of the counts at the last look: enough to see them move.
    var received: UInt32
    var acknowledged: UInt32
    /// Since when the peer's window has been closed and answered; `never` while it is not.
    var stallStart: MonotonicTime = .never
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
  /// Whether it looks also where there is no heartbeat to excuse.
  public let always: Bool

  /// From its settings, each described at its property.
  public init(
    memory: Duration = .seconds(2), backlog: Int = 16_384, stallLimit: Duration = .seconds(60),
    period: Duration = .milliseconds(500), always: Bool = false
  ) {
    self.memory = memory
    self.backlog = backlog
    self.stallLimit = stallLimit
    self.period = period
    self.always = always
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "memory", .seconds(2), in: .milliseconds(10) ... .seconds(3600), "How long a sign of life counts."),
    .integer(
      "backlog", 16_384, in: 1...1_000_000_000,
      "Bytes not yet acknowledged that excuse a late answer; fewer, and acknowledgements prove nothing."),
    .duration(
      "stallLimit", .seconds(60), in: .zero ... .seconds(86_400),
      "How long a closed window that is answered counts as life; then it is suspicious."),
    .duration(
      "period", .milliseconds(500), in: .milliseconds(10) ... .seconds(60), "Time between samples."),
    .flag("always", false, "Also on connections without a heartbeat, to veto another detector."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      memory: try settings.duration("memory"), backlog: try settings.integer("backlog"),
      stallLimit: try settings.duration("stallLimit"), period: try settings.duration("period"),
      always: try settings.flag("always"))
    guard period <= memory else {
      throw PolicyError(
        at: "detectors.progress.period", found: "\"\(DurationText.text(period))\"",
        allowed: "at most memory, \"\(DurationText.text(memory))\"")
    }
  }

  public var interest: Interest { Interest(leeway: period) }

  /// Without a heartbeat there is nothing late to excuse, unless asked for.
  public func applies(to socket: borrowing BorrowedSocket) -> Bool { always || socket.canPing }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    let info = try socket.tcpInfo()
    return State(
      next: now + period, received: UInt32(truncatingIfNeeded: info.bytesReceived),
      acknowledged: UInt32(truncatingIfNeeded: info.bytesAcknowledged))
  }

  public func deadline(_ state: State) -> MonotonicTime? { state.next }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    let now = signal.now
    switch signal.event {
    case .deadline, .challenge: break
    case .readiness, .received, .source, .clockStall: return nil
    }
    guard state.next != .never, let info = try? socket.tcpInfo() else { return nil }
    guard !info.state.isOver else {
      state.next = .never
      return .withdrawn(at: now)
    }
    state.next = (now + period).roundedUp(toMultipleOf: period / 16)
    guard !info.isWindowAnswered else { return stall(info, &state, now) }
    let wasStalled = state.stallStart != .never
    state.stallStart = .never
    return life(info, &state, now) ?? (wasStalled ? .withdrawn(at: now) : nil)
  }

  /// What a closed window says.
  private func stall(_ info: TCPInfo, _ state: inout State, _ now: MonotonicTime) -> Evidence {
    if state.stallStart == .never { state.stallStart = now }
    count(info, &state)
    guard now - state.stallStart >= stallLimit else {
      return .alive(.host, at: now, lifetime: min(memory, stallLimit - (now - state.stallStart)))
    }
    return Evidence(
      .suspicious, layer: .process, cause: .stalled, at: now, tcpInfo: info,
      notes: [.duration("stalled", now - state.stallStart)])
  }

  /// What has moved since the last look.
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

extension DetectorUse {
  /// The progress detector in a policy, for `unless`; see `ProgressDetector`.
  public static func progress(
    memory: Duration = .seconds(2), backlog: Int = 16_384, stallLimit: Duration = .seconds(60),
    period: Duration = .milliseconds(500), always: Bool = false
  ) -> DetectorUse {
    DetectorUse(
      ProgressDetector.name,
      [
        "memory": .duration(memory), "backlog": .integer(backlog), "stallLimit": .duration(stallLimit),
        "period": .duration(period), "always": .flag(always),
      ])
  }
}
