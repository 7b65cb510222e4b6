public import FlatlineCore

/// Detection by TCP keepalive (RFC 1122, 4.2.3.6; tcp(7)): the kernel asks an idle peer's kernel for an ACK.
///
/// Plain mode: the kernel probes and convicts alone, at `idle` + `interval` · `probes` after the last sign of life.
///
/// Accelerated mode: the kernel's first unanswered probe starts a burst. Setting TCP_KEEPIDLE again on a socket that
/// has been silent for so long sends the next probe at once, without privilege. A Linux peer answers keepalive probes
/// at most once in 500 ms (tcp_invalid_ratelimit), so a burst must span several such times before silence convicts. One
/// lost answer, or every other one, never convicts. For a minute after an answered burst the path is known to lose: the
/// next burst must last half as long again.
///
/// In accelerated mode its probes end no connection that would otherwise live: while one is unanswered, the app's TCP_USER_TIMEOUT, which
/// would replace TCP_KEEPCNT, gives way. It is back as soon as the probe is answered or data is in flight. If other code
/// turns SO_KEEPALIVE off or changes its times, accelerated mode holds its own for each probe only, and gives the app's
/// back after the answer; plain mode reports a long silence as suspicious.
///
/// A peer that sends while our direction is dead is heard and does not hear. Its retransmissions are duplicates of data
/// that we have acknowledged: no answers, although the kernel counts them as such. The acknowledgements of new data are
/// then the first unanswered probe, and each further duplicate is one more. One lost ACK makes one duplicate and accuses
/// nobody: new data or an answered probe ends the burst.
///
/// Keepalive sends nothing while data is unacknowledged: TCP_INFO covers that. It is no evidence about the peer's
/// program. It goes on after a FIN, whichever side closed: kernels answer probes in CLOSE_WAIT and in FIN_WAIT2.
public struct KeepaliveDetector: Detector {
  public static let name: DetectorName = "keepalive"

  /// TCP_KEEPIDLE: silence before the first probe; whole seconds.
  public let idle: Duration
  /// TCP_KEEPINTVL: time between the kernel's own probes; whole seconds.
  public let interval: Duration
  /// TCP_KEEPCNT: unanswered probes by which the kernel ends the connection. Plain mode only: accelerated mode sets the
  /// kernel's maximum, so that the burst convicts.
  public let probes: Int
  /// Whether an unanswered probe starts a burst.
  public let accelerated: Bool
  /// How long a burst goes unanswered before it convicts, on a path that answered all probes in the last minute.
  public let burst: Duration
  /// Time between the probes of a burst.
  public let burstInterval: Duration

  /// The settings where a policy names no others.
  public enum Defaults {
    /// Of ``KeepaliveDetector/idle``.
    public static let idle = Duration.seconds(1)
    /// Of ``KeepaliveDetector/interval``.
    public static let interval = Duration.seconds(1)
    /// Of ``KeepaliveDetector/probes``.
    public static let probes = 3
    /// Of ``KeepaliveDetector/accelerated``.
    public static let accelerated = true
    /// Of ``KeepaliveDetector/burst``.
    public static let burst = Duration.milliseconds(1200)
    /// Of ``KeepaliveDetector/burstInterval``.
    public static let burstInterval = Duration.milliseconds(125)
  }

  /// From its settings, each described at its property.
  public init(
    idle: Duration = Defaults.idle, interval: Duration = Defaults.interval, probes: Int = Defaults.probes,
    accelerated: Bool = Defaults.accelerated, burst: Duration = Defaults.burst,
    burstInterval: Duration = Defaults.burstInterval
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
      "idle", Defaults.idle, in: seconds,
      "TCP_KEEPIDLE: silence before the first probe; whole seconds."),
    .duration(
      "interval", Defaults.interval, in: seconds, "TCP_KEEPINTVL: time between probes; whole seconds."),
    .integer(
      "probes", Defaults.probes, in: 1...127,
      "TCP_KEEPCNT: unanswered probes that end it; plain mode only."),
    .flag("accelerated", Defaults.accelerated, "An unanswered probe starts a burst of probes."),
    .duration(
      "burst", Defaults.burst, in: .milliseconds(1100) ... .seconds(3600),
      "How long a burst goes unanswered before it convicts."),
    .duration(
      "burstInterval", Defaults.burstInterval, in: .milliseconds(20) ... .seconds(60),
      "Time between the probes of a burst."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      idle: try settings.wholeSeconds("idle"), interval: try settings.wholeSeconds("interval"),
      probes: try settings.integer("probes"), accelerated: try settings.flag("accelerated"),
      burst: try settings.duration("burst"), burstInterval: try settings.duration("burstInterval"))
  }

  public var needs: Needs {
    Needs(
      readiness: [.hangUp, .error], period: idle + KeepaliveDetector.answerGrace,
      leeway: KeepaliveDetector.answerGrace * 2, options: options, looksInPauses: true)
  }

  /// Options that this detector sets. SO_KEEPALIVE comes last: no probe is sent with half of the settings. Probes of a
  /// live peer come at the larger of idle and interval, so accelerated mode keeps the interval at the idle time.
  private var options: [HeldOption] {
    let interval = accelerated ? idle : interval
    let options = [
      HeldOption(.keepaliveIdle, idleSeconds, isRequired: true),
      HeldOption(.keepaliveInterval, CInt(clamping: interval.components.seconds), isRequired: true),
      HeldOption(.keepaliveCount, accelerated ? 127 : CInt(clamping: probes), isRequired: true),
      HeldOption(.keepalive, 1, isRequired: true),
    ]
    // In plain mode the kernel convicts, by the app's time-out too.
    return accelerated ? options + [HeldOption(.userTimeout, .max, if: .whileProbing)] : options
  }

  /// As the kernel takes it.
  var idleSeconds: CInt { CInt(clamping: idle.components.seconds) }

  public func begin(_ look: borrowing Look) -> KeepaliveState? { KeepaliveState(look.tcpInfo) }

  /// The kernel's timers run up to a few hundredths of a second late; an answer takes a round trip more.
  static let answerGrace = Duration.milliseconds(40)
  /// The kernel counts ages in ticks, of 10 ms at the most (CONFIG_HZ).
  private static let tick = Duration.milliseconds(10)
  /// The least retransmission time-out of a peer (TCP_RTO_MIN, 200 ms), and the lateness of its timer.
  private static let peersTimeout = Duration.milliseconds(250)
  /// How long ago a duplicate may have come to show that the peer still hears nothing.
  private static let recency = Duration.milliseconds(500)

  public func examine(_ look: borrowing Look, _ state: inout KeepaliveState) -> Opinion {
    let opinion = judge(look, &state)
    return holdingOptions(opinion, look.tcpInfo, &state)
  }

  private func judge(_ look: borrowing Look, _ state: inout KeepaliveState) -> Opinion {
    if !look.isDue, look.readiness.isEmpty, look.stall > .zero {
      if state.burstStart != .never { state.burstStart = state.burstStart + look.stall }
      return .unchanged
    }
    // A FIN is no evidence about the peer's kernel.
    if let end = look.end, !end.isHalfClose { return Opinion(end.evidence(at: look.now), next: .never) }
    if look.changedOptions.contains(where: changesProbes) {
      // Probes that were not sent count for nothing.
      state.endBurst()
      if accelerated { state.isBorrowing = true } else { state.isGivenUp = true }
    }
    guard let info = look.tcpInfo else { return .unchanged }
    if look.isPaused { return opinionInPause(info, &state, look) }
    if state.isGivenUp { return opinionWithoutProbes(info, &state, look) }
    if look.slept > .zero, look.isChallenged, accelerated, !info.isInFlight {
      // The peer may have gone meanwhile. Ask at once.
      state.burstStart = look.now
      return Opinion(
        next: look.now + burstInterval, actions: [.set(.keepaliveIdle, to: idleSeconds)])
    }
    if look.isDue { return examine(info, &state, look.now) }
    // A challenge looks at once; the probes go on at their own pace.
    return look.isChallenged
      ? Opinion(state.replaceStanding(with: evidence(info, state, look.now))) : .unchanged
  }

  /// Judges a look at the time when a probe should have been answered, or shortly before.
  private func examine(_ info: TCPInfo, _ state: inout KeepaliveState, _ now: MonotonicTime) -> Opinion {
    let hearing = state.heard.hearing(info, tick: KeepaliveDetector.tick)
    state.heard.update(info)
    if info.isInFlight {
      // The kernel sends no probes now: a missing answer means nothing.
      state.endBurst()
      return Opinion(state.replaceStanding(with: .withdrawn(at: now)), next: now + min(idle, .seconds(1)))
    }
    if let trial = trial(hearing, info, state, now) { return Opinion(next: trial) }
    let isUnheard = note(hearing, info, &state, now)
    if info.probes == 0, !isUnheard, let next = next(info, now) {
      remember(&state, now)
      return Opinion(state.replaceStanding(with: evidence(info, state, now)), next: next)
    }
    // The look came early. A probe may be on its way: no suspicion yet.
    if state.burstStart == .never, !isUnheard, info.sinceHeard + KeepaliveDetector.tick < wait(info),
      let next = next(info, now)
    {
      return Opinion(next: next)
    }
    // A probe or its answer may be on its way now. Of many probes sent at once our own queue may have dropped some
    // (net.core.netdev_max_backlog). Ask again about the first unanswered probe before any suspicion.
    let isFirstSight = info.probes > 0 && state.burstStart == .never
    if isFirstSight { state.burstStart = now }
    // If the repeated probe is answered, the first one was on its way, or our own queue dropped it.
    state.isUnansweredAgain = state.duplicates > 0 ? isProven(info, state) : !isFirstSight
    let evidence = isFirstSight ? nil : state.replaceStanding(with: evidence(info, state, now))
    let length = state.patience.limit(burst, from: state.burstStart)
    let waitsForProof = state.duplicates > 0 && state.standing != .dead && evidence?.leaning != .dead
    if accelerated, state.burstStart == .never || now < state.burstStart + length || waitsForProof {
      // Asks again at once.
      return Opinion(
        evidence, next: now + KeepaliveDetector.interval(burstInterval, of: length),
        actions: [.set(.keepaliveIdle, to: idleSeconds)])
    }
    // The last answer may be on its way.
    let end = conviction(info, state)
    return Opinion(
      evidence, next: accelerated && now < end ? end : now + max(burstInterval, .milliseconds(500)))
  }

  /// Time by which the next probe should be answered; `nil` if that time has passed.
  private func next(_ info: TCPInfo, _ now: MonotonicTime) -> MonotonicTime? {
    let wait = wait(info)
    guard info.sinceHeard < wait else { return nil }
    // On a long path, a probe is seen well before the kernel's next one, which the app's time-out would let kill.
    let seen = idle + idle / 2
    let end = info.sinceHeard < seen ? min(wait, seen) : wait
    // The age advances by the kernel's tick: a second reading within one tick gives the same age.
    return now + max(end - info.sinceHeard, KeepaliveDetector.tick)
  }

  /// Time from the peer's last segment to its answer to the next probe.
  private func wait(_ info: TCPInfo) -> Duration {
    idle + KeepaliveDetector.answerGrace + info.roundTripTime + info.roundTripTime
  }

  /// Whether the peer was heard as recently as on a path that answers probes.
  private func isHeard(_ info: TCPInfo) -> Bool { info.sinceHeard <= idle + interval + .seconds(1) }

  /// Ends an answered burst, and learns from it about the path.
  private func remember(_ state: inout KeepaliveState, _ now: MonotonicTime) {
    guard state.burstStart != .never else { return }
    if state.isUnansweredAgain { state.patience.silenceEnded(at: now) }
    state.endBurst()
  }

  /// Begins or continues a burst of unheard acknowledgements; whether there is one.
  private func note(
    _ hearing: HeardSegments.Hearing, _ info: TCPInfo, _ state: inout KeepaliveState, _ now: MonotonicTime
  ) -> Bool {
    switch hearing {
    case .duplicates:
      if state.burstStart == .never {
        // By then the peer should have heard that we have its last new data.
        let answerTime = KeepaliveDetector.peersTimeout + info.roundTripTime * 2
        state.burstStart = min(now, now - info.sinceDataReceived + answerTime)
      }
      state.countDuplicates()
      return true
    case .nothing: return state.duplicates > 0
    case .data, .answer:
      if state.duplicates > 0, info.probes > 0 { remember(&state, now) }
      return false
    }
  }

  /// Time to look again, if new data came in a burst of unanswered probes. The peer lives; whether it hears us is known
  /// only once it has had time to send that data again, and has not.
  private func trial(
    _ hearing: HeardSegments.Hearing, _ info: TCPInfo, _ state: KeepaliveState, _ now: MonotonicTime
  ) -> MonotonicTime? {
    guard state.burstStart != .never, state.duplicates == 0, info.probes == 0,
      hearing == .nothing || hearing == .data
    else { return nil }
    let received = now - info.sinceDataReceived
    let end = received + KeepaliveDetector.peersTimeout + info.roundTripTime * 2
    return received > state.burstStart && now < end ? end : nil
  }

  /// Whether more than one probe or acknowledgement of a burst with duplicates went unheard.
  private func isProven(_ info: TCPInfo, _ state: KeepaliveState) -> Bool {
    state.duplicates > 1 || isProbeUnanswered(info)
  }

  /// Whether a probe's answer is overdue, in a burst whose start says nothing about the probe.
  private func isProbeUnanswered(_ info: TCPInfo) -> Bool {
    info.probes > 1 || (info.probes == 1 && info.sinceHeard + KeepaliveDetector.tick >= wait(info))
  }

  /// Time without suspicion for a probe's answer. An idle connection does not notice that its path has become longer:
  /// so wait for a second look, which may come a little early.
  private func answerTime(_ info: TCPInfo) -> Duration {
    max(burstInterval - .milliseconds(5), info.roundTripTime + KeepaliveDetector.answerGrace)
  }

  /// Time at which a burst convicts: its end, plus the time for its last answer.
  private func conviction(_ info: TCPInfo, _ state: KeepaliveState) -> MonotonicTime {
    let length = state.patience.limit(burst, from: state.burstStart)
    return state.burstStart + length + info.roundTripTime * 2
  }

  private func evidence(_ info: TCPInfo, _ state: KeepaliveState, _ now: MonotonicTime) -> Evidence? {
    if info.isInFlight { return .withdrawn(at: now) }
    // A challenge may find a duplicate before the next look does.
    let hearing = state.heard.hearing(info, tick: KeepaliveDetector.tick)
    guard info.probes > 0 || state.duplicates > 0 || hearing == .duplicates else {
      return isHeard(info) ? .alive(.host, at: now) : .withdrawn(at: now)
    }
    // The answer may be on its way: a probe seen for the first time may have left just now.
    guard state.burstStart != .never, now - state.burstStart >= answerTime(info),
      state.duplicates == 0 || isProven(info, state)
    else { return nil }
    var notes: [Fact] = [.duration("burst", now - state.burstStart)]
    if state.duplicates > 0 { notes.append(.duration("since_new_data", info.sinceDataReceived)) }
    let convicts = accelerated && (state.standing == .dead || now >= conviction(info, state))
    return Evidence(
      convicts && isRecent(info, state) ? .dead : .suspicious, layer: .host, cause: .pathSilent, at: now,
      tcpInfo: info, notes: notes)
  }

  /// Whether the peer was deaf until now: the acknowledgement of an old duplicate may have been heard.
  private func isRecent(_ info: TCPInfo, _ state: KeepaliveState) -> Bool {
    state.duplicates == 0 || state.standing == .dead || isProbeUnanswered(info)
      || (state.duplicates > 1 && info.sinceAcknowledged <= KeepaliveDetector.recency)
  }
}

extension DetectorSettings {
  /// A duration that the kernel takes in whole seconds only.
  fileprivate func wholeSeconds(_ key: String) throws(PolicyError) -> Duration {
    let duration = try duration(key)
    guard duration.components.attoseconds == 0 else {
      throw PolicyError(
        at: place(of: key), found: "\"\(DurationText.text(duration))\"",
        allowed: "whole seconds")
    }
    return duration
  }
}

extension DetectorUse {
  /// The keepalive detector in a policy; see ``KeepaliveDetector``.
  public static func keepalive(
    idle: Duration = KeepaliveDetector.Defaults.idle,
    interval: Duration = KeepaliveDetector.Defaults.interval,
    probes: Int = KeepaliveDetector.Defaults.probes,
    accelerated: Bool = KeepaliveDetector.Defaults.accelerated,
    burst: Duration = KeepaliveDetector.Defaults.burst,
    burstInterval: Duration = KeepaliveDetector.Defaults.burstInterval
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
