public import FlatlineCore

/// Detection by TCP keepalive (RFC 1122, 4.2.3.6; tcp(7)): the kernel asks an idle peer's kernel for an ACK.
///
/// Plain, the kernel probes and convicts alone: `idle` + `interval` · `probes` after the last sign of life.
/// Accelerated, the kernel's first unanswered probe starts a burst: setting TCP_KEEPIDLE again on a socket that
/// has been silent for so long sends the next probe at once, without privilege. A Linux peer answers
/// keepalive probes at most once in 500 ms (tcp_invalid_ratelimit), so a burst must span several such times
/// before silence convicts; one lost answer, or every other one, never does. For a minute after a burst that was
/// answered the path is known to lose, and the next must last half as long again.
///
/// Keepalive is silent while data is unacknowledged (that is TCP_INFO's part), and it says nothing of the
/// peer's program. Options are put back on `detach`.
public struct KeepaliveDetector: Detector {
  public static let name: DetectorName = "keepalive"

  /// TCP_KEEPIDLE: silence before the first probe; whole seconds.
  public let idle: Duration
  /// TCP_KEEPINTVL: time between the kernel's own probes; whole seconds.
  public let interval: Duration
  /// TCP_KEEPCNT: unanswered probes by which the kernel ends the connection. Plain mode only: accelerated
  /// sets the most the kernel takes, so that it is the burst that convicts.
  public let probes: Int
  /// Whether an unanswered probe starts a burst.
  public let accelerated: Bool
  /// How long a burst goes unanswered before it convicts, on a path that answered all in the last minute.
  public let burst: Duration
  /// Time between the probes of a burst.
  public let burstInterval: Duration

  /// From its settings, each described at its property.
  public init(
    idle: Duration = .seconds(1), interval: Duration = .seconds(1), probes: Int = 3, accelerated: Bool = true,
    burst: Duration = .milliseconds(1200), burstInterval: Duration = .milliseconds(125)
  ) {
    self.idle = idle
    self.interval = interval
    self.probes = probes
    self.accelerated = accelerated
    self.burst = burst
    self.burstInterval = KeepaliveDetector.interval(burstInterval, of: burst)
  }

  /// The kernel counts a burst's probes too and ends the connection at 127 of them.
  private static func interval(_ wanted: Duration, of burst: Duration) -> Duration { max(wanted, burst / 80) }

  private static let seconds: ClosedRange<Duration> = .seconds(1) ... .seconds(32_767)

  public static let settings: [SettingDescription] = [
    .duration(
      "idle", .seconds(1), in: seconds, "TCP_KEEPIDLE: silence before the first probe; whole seconds."),
    .duration("interval", .seconds(1), in: seconds, "TCP_KEEPINTVL: time between probes; whole seconds."),
    .integer("probes", 3, in: 1...127, "TCP_KEEPCNT: unanswered probes that end it; plain mode only."),
    .flag("accelerated", true, "An unanswered probe starts a burst of probes."),
    .duration(
      "burst", .milliseconds(1200), in: .milliseconds(1100) ... .seconds(3600),
      "How long a burst goes unanswered before it convicts."),
    .duration(
      "burstInterval", .milliseconds(125), in: .milliseconds(20) ... .seconds(60),
      "Time between the probes of a burst."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      idle: try settings.wholeSeconds("idle"), interval: try settings.wholeSeconds("interval"),
      probes: try settings.integer("probes"), accelerated: try settings.flag("accelerated"),
      burst: try settings.duration("burst"), burstInterval: try settings.duration("burstInterval"))
  }

  public var interest: Interest {
    Interest(readiness: [.hangUp, .error], leeway: KeepaliveDetector.answerGrace * 2)
  }

  /// Its options are set on the descriptor.
  public func applies(to socket: borrowing BorrowedSocket) -> Bool { socket.hasDescriptor }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> KeepaliveState {
    var state = KeepaliveState(
      saved: try KeepaliveOptions(of: socket), next: now + idle + KeepaliveDetector.answerGrace)
    state.beyondData = try socket.tcpInfo().beyondDataAtRest
    do {
      try options.apply(to: socket)
    } catch {
      // Nobody detaches what did not attach.
      state.saved.restore(to: socket)
      throw error
    }
    return state
  }

  /// What this detector sets. Probes of a live peer come every larger of idle and interval, so accelerated
  /// mode keeps the interval at the idle time.
  private var options: KeepaliveOptions {
    KeepaliveOptions(
      isOn: 1, idle: CInt(clamping: idle.components.seconds),
      interval: CInt(clamping: (accelerated ? idle : interval).components.seconds),
      count: accelerated ? 127 : CInt(clamping: probes))
  }

  public func detach(_ socket: borrowing BorrowedSocket, state: KeepaliveState) {
    state.saved.restore(to: socket)
  }

  public func deadline(_ state: KeepaliveState) -> MonotonicTime? { state.next }

  /// The kernel's timers run up to a few hundredths late; an answer takes a round trip more.
  static let answerGrace = Duration.milliseconds(40)
  /// The kernel's ages are told in ticks, of 10 ms at the most (CONFIG_HZ).
  private static let tick = Duration.milliseconds(10)

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout KeepaliveState
  ) -> Evidence? {
    let now = signal.now
    if case .clockStall(let stall) = signal.event {
      state.next = state.next + stall
      state.burstStart = state.burstStart == .never ? .never : state.burstStart + stall
      return nil
    }
    // What is over has been told; what is left ages and would tell it differently.
    guard state.next != .never, let info = try? socket.tcpInfo() else { return nil }
    guard !info.state.isOver else {
      state.next = .never
      return socket.ending(
        info, hasError: signal.reportsError, beyondDataBefore: state.beyondData, at: now)
    }
    state.beyondData = info.beyondDataAtRest
    switch signal.event {
    case .deadline: break
    // A challenge looks at once; the probes go on at their own pace.
    case .challenge: return opinion(info, state, now)
    case .readiness, .received, .clockStall, .source: return nil
    }

    // Another detector's look, a little early: a probe on its way is held against nobody.
    if info.probes > 0, state.burstStart == .never, now + .milliseconds(1) < state.next { return nil }
    if info.isInFlight {
      // The kernel sends no probes now, so no answer tells nothing.
      state.burstStart = .never
      state.next = now + min(idle, .seconds(1))
      return .withdrawn(at: now)
    }
    if let next = next(info, now) {
      remember(&state, now)
      state.next = next
      return opinion(info, state, now)
    }
    // A probe, or its answer, may be on its way this moment, and of many sent at once our own queue may have dropped
    // some (net.core.netdev_max_backlog): the first unanswered one is asked about again before anyone is suspected.
    let isFirstSight = info.probes > 0 && state.burstStart == .never
    if isFirstSight { state.burstStart = now }
    // One that is answered when it is asked for again was on its way, or our own queue dropped it.
    state.isUnansweredAgain = !isFirstSight
    let length = state.patience.limit(burst, from: state.burstStart)
    if accelerated, state.burstStart == .never || now < state.burstStart + length {
      // Asks again at once. That this fails means that the socket is gone, which the next look tells.
      try? socket.setOption(.keepaliveIdle, to: options.idle)
      state.next = now + KeepaliveDetector.interval(burstInterval, of: length)
    } else {
      // The last answer may be on its way.
      let end = conviction(info, state)
      state.next = accelerated && now < end ? end : now + max(burstInterval, .milliseconds(500))
    }
    return isFirstSight ? nil : opinion(info, state, now)
  }

  public func rest(
    _ info: TCPInfo, leaning: Leaning, state: inout KeepaliveState, now: MonotonicTime
  ) -> MonotonicTime? {
    guard leaning == .alive, isHeard(info), state.next != .never, state.burstStart == .never,
      let next = next(info, now)
    else { return nil }
    state.beyondData = info.beyondDataAtRest
    state.next = next
    return next
  }

  /// When a probe that is due next ought to have been answered; `nil` where one that was due has not been.
  private func next(_ info: TCPInfo, _ now: MonotonicTime) -> MonotonicTime? {
    let wait = idle + KeepaliveDetector.answerGrace + info.roundTripTime + info.roundTripTime
    guard info.probes == 0, info.sinceHeard < wait else { return nil }
    // The age steps by the kernel's tick: asked again before it has stepped, it only says the same.
    return now + max(wait - info.sinceHeard, KeepaliveDetector.tick)
  }

  /// Whether it was heard as late as a path whose probes are answered lets it be.
  private func isHeard(_ info: TCPInfo) -> Bool { info.sinceHeard <= idle + interval + .seconds(1) }

  /// Ends a burst that was answered: what it says of the path is kept.
  private func remember(_ state: inout KeepaliveState, _ now: MonotonicTime) {
    guard state.burstStart != .never else { return }
    if state.isUnansweredAgain { state.patience.silenceEnded(at: now) }
    state.burstStart = .never
  }

  /// How long a probe is held against nobody. An idle connection does not learn that its path has become longer: so a
  /// second look is waited for, which may come a little early.
  private func answerTime(_ info: TCPInfo) -> Duration {
    max(burstInterval - .milliseconds(5), info.roundTripTime + KeepaliveDetector.answerGrace)
  }

  /// When a burst convicts: once it is over, and its last answer has had its time.
  private func conviction(_ info: TCPInfo, _ state: KeepaliveState) -> MonotonicTime {
    let length = state.patience.limit(burst, from: state.burstStart)
    return state.burstStart + length + info.roundTripTime * 2
  }

  private func opinion(_ info: TCPInfo, _ state: KeepaliveState, _ now: MonotonicTime) -> Evidence? {
    if info.isInFlight { return .withdrawn(at: now) }
    guard info.probes > 0 else {
      return isHeard(info) ? .alive(.host, at: now) : .withdrawn(at: now)
    }
    // Its answer may be on its way: a probe seen for the first time may have gone out this very moment.
    guard state.burstStart != .never, now - state.burstStart >= answerTime(info) else { return nil }
    let notes: [Fact] = [.duration("burst", now - state.burstStart)]
    let convicts = accelerated && now >= conviction(info, state)
    return Evidence(
      convicts ? .dead : .suspicious, layer: .host, cause: .pathSilent, at: now, tcpInfo: info,
      notes: notes)
  }
}

extension DetectorSettings {
  /// A duration that the kernel takes in whole seconds only.
  fileprivate func wholeSeconds(_ key: String) throws(PolicyError) -> Duration {
    let duration = try duration(key)
    guard duration.components.attoseconds == 0 else {
      throw PolicyError(
        at: "detectors.keepalive.\(key)", found: "\"\(DurationText.text(duration))\"",
        allowed: "whole seconds")
    }
    return duration
  }
}

extension DetectorUse {
  /// The keepalive detector in a policy; see ``KeepaliveDetector``.
  public static func keepalive(
    idle: Duration = .seconds(1), interval: Duration = .seconds(1), probes: Int = 3, accelerated: Bool = true,
    burst: Duration = .milliseconds(1200), burstInterval: Duration = .milliseconds(125)
  ) -> DetectorUse {
    DetectorUse(
      KeepaliveDetector.name,
      [
        "idle": .duration(idle), "interval": .duration(interval), "probes": .integer(probes),
        "accelerated": .flag(accelerated), "burst": .duration(burst),
        "burstInterval": .duration(burstInterval),
      ])
  }
}
