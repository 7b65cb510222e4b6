public import FlatlineCore

/// Detection by `getsockopt(TCP_INFO)` (tcp(7)): the state, and faults that the state does not show. A connection over
/// a dead path stays ESTABLISHED for a quarter of an hour. Its unacknowledged bytes, retransmissions and probes show
/// the fault within a round trip or a few.
///
/// It judges only connections with data in flight. TCP_INFO shows nothing on an idle connection: the detector abstains,
/// challenged or not. Sampling is rare while a connection is idle, faster while it sends, fastest while something is
/// wrong, and immediate on a challenge. It does not wake on readiness: alone, it finds a FIN or a RST at its next
/// sample.
///
/// Only an acknowledgement of new bytes is progress. ACKs that come with the peer's own data repeat an old number; they
/// would hide a path that is broken in our direction. For a minute after a suspicious stall that ended, the path is
/// known to lose: the next stall must last half as long again to convict.
public struct TCPInfoDetector: Detector {
  public static let name: DetectorName = "tcp-info"

  /// Data unacknowledged for this long, plus the path's allowance, is suspicious.
  public let suspectAfter: Duration
  /// Data unacknowledged for this long, plus the path's allowance, is a death, if enough was tried.
  public let deadAfter: Duration
  /// Retransmissions (or probes) that must have failed before a death: silence is measured in attempts too.
  public let attempts: Int
  /// Time between samples of an idle connection.
  public let idlePeriod: Duration
  /// Time between samples of a connection that sends, or that is suspected.
  public let activePeriod: Duration
  /// Ask for TCP_THIN_LINEAR_TIMEOUTS: a stream with fewer than four segments in flight retransmits six times
  /// evenly before it doubles the wait. No effect under congestion controls without a slow-start threshold
  /// (BBR).
  public let thinLinear: Bool
  /// Ask for TCP_RTO_MAX_MS: the longest wait between retransmissions, so that the end of an outage is seen
  /// soon. Zero leaves it alone; so do kernels before Linux 6.15.
  public let retransmitCap: Duration
  // Computed once: durations multiply in 128 bits, and every look would.
  /// Samples of idle connections fall on its multiples.
  let idleGrid: Duration
  /// Longest distance between two looks at which the first dates a stall that the second sees. A late look of an active
  /// connection still counts. A date that is too early matters little to the wait for a suspicion.
  let nearness: Duration
  /// Samples of active connections fall on moments common to all, for a source that reads many at once.
  package var isAligned = false

  /// The settings where a policy names no others.
  public enum Defaults {
    /// Of ``TCPInfoDetector/suspectAfter``.
    public static let suspectAfter = Duration.milliseconds(220)
    /// Of ``TCPInfoDetector/deadAfter``.
    public static let deadAfter = Duration.milliseconds(3200)
    /// Of ``TCPInfoDetector/attempts``.
    public static let attempts = 4
    /// Of ``TCPInfoDetector/idlePeriod``.
    public static let idlePeriod = Duration.seconds(1)
    /// Of ``TCPInfoDetector/activePeriod``.
    public static let activePeriod = Duration.milliseconds(50)
    /// Of ``TCPInfoDetector/thinLinear``.
    public static let thinLinear = false
    /// Of ``TCPInfoDetector/retransmitCap``.
    public static let retransmitCap = Duration.zero
  }

  /// From its settings, each described at its property.
  public init(
    suspectAfter: Duration = Defaults.suspectAfter, deadAfter: Duration = Defaults.deadAfter,
    attempts: Int = Defaults.attempts, idlePeriod: Duration = Defaults.idlePeriod,
    activePeriod: Duration = Defaults.activePeriod, thinLinear: Bool = Defaults.thinLinear,
    retransmitCap: Duration = Defaults.retransmitCap
  ) {
    self.suspectAfter = suspectAfter
    self.deadAfter = deadAfter
    self.attempts = attempts
    self.idlePeriod = idlePeriod
    idleGrid = idlePeriod / 16
    nearness = max(.milliseconds(250), min(activePeriod * 3 / 2, suspectAfter / 4))
    self.activePeriod = activePeriod
    self.thinLinear = thinLinear
    self.retransmitCap = retransmitCap
  }

  public static let settings: [SettingDescription] = [
    .duration(
      "suspectAfter", Defaults.suspectAfter, in: .milliseconds(10) ... .seconds(3600),
      "Data unacknowledged for so long is suspicious; up to ten round trips are added."),
    .duration(
      "deadAfter", Defaults.deadAfter, in: .milliseconds(100) ... .seconds(86_400),
      "Data unacknowledged for so long is a death; up to ten round trips are added."),
    .integer(
      "attempts", Defaults.attempts, in: 1...15,
      "Retransmissions or probes that must have failed before a death."),
    .duration(
      "idlePeriod", Defaults.idlePeriod, in: .milliseconds(10) ... .seconds(3600),
      "Time between samples while idle."),
    .duration(
      "activePeriod", Defaults.activePeriod, in: .milliseconds(5) ... .seconds(60),
      "Time between samples while sending or suspected."),
    .flag(
      "thinLinear", Defaults.thinLinear,
      "Sets TCP_THIN_LINEAR_TIMEOUTS: thin streams retransmit evenly at first; put back at the end."),
    .duration(
      "retransmitCap", Defaults.retransmitCap, in: .zero ... .seconds(120),
      "Sets TCP_RTO_MAX_MS (Linux 6.15): longest wait between retransmissions, 1s to 2m; 0s leaves it alone."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(
      suspectAfter: try settings.duration("suspectAfter"), deadAfter: try settings.duration("deadAfter"),
      attempts: try settings.integer("attempts"), idlePeriod: try settings.duration("idlePeriod"),
      activePeriod: try settings.duration("activePeriod"), thinLinear: try settings.flag("thinLinear"),
      retransmitCap: try settings.duration("retransmitCap"))
    guard suspectAfter <= deadAfter else {
      throw PolicyError(
        at: settings.place(of: "suspectAfter"), found: "\"\(DurationText.text(suspectAfter))\"",
        allowed: "at most deadAfter, \"\(DurationText.text(deadAfter))\"")
    }
    guard retransmitCap == .zero || retransmitCap >= .seconds(1) else {
      throw PolicyError(
        at: settings.place(of: "retransmitCap"), found: "\"\(DurationText.text(retransmitCap))\"",
        allowed: "0s, or a duration from 1s to 2m")
    }
  }

  public var needs: Needs {
    // The first look comes soon: the connection may have been in trouble before the watch.
    Needs(
      period: idlePeriod, firstLook: activePeriod, leeway: idlePeriod, options: options, looksInPauses: true)
  }

  /// Options that set the pace of retransmissions; an option that the kernel does not know is left out.
  ///
  /// A shorter longest wait also shortens the kernel's own time-out, which it counts in waits (tcp_retries2). Where the
  /// app set no TCP_USER_TIMEOUT, one of the length that it has without the limit keeps that time-out.
  private var options: [HeldOption] {
    var options: [HeldOption] = []
    if thinLinear { options.append(HeldOption(.thinLinearTimeouts, 1)) }
    let milliseconds = CInt(clamping: retransmitCap.clampedNanoseconds / 1_000_000)
    if milliseconds > 0 {
      options.append(HeldOption(.retransmissionTimeoutLimit, milliseconds, if: .ifLarger))
      options.append(
        HeldOption(
          .userTimeout, TCPInfoDetector.usualPatience, if: .asWithout(.retransmissionTimeoutLimit)))
    }
    return options
  }

  /// Sum of fifteen doublings from 200 ms to 120 s, the default of tcp_retries2 (ip-sysctl), in milliseconds.
  private static let usualPatience: CInt = 924_600

  /// Delay before a connection without a reading is read again: a foreign one has just vanished, and the kernel has not
  /// yet reported whether its owner closed it.
  private static let retry = Duration.milliseconds(5)

  public func begin(_ look: borrowing Look) -> TCPInfoState? {
    TCPInfoState(acknowledged: look.tcpInfo?.bytesAcknowledged ?? 0)
  }

  public func examine(_ look: borrowing Look, _ state: inout TCPInfoState) -> Opinion {
    let opinion = judge(look, &state)
    guard retransmitCap > .zero, let info = look.tcpInfo else { return opinion }
    return releasingOptions(opinion, info, &state)
  }

  private func judge(_ look: borrowing Look, _ state: inout TCPInfoState) -> Opinion {
    // After a stall too, wait for the next sample: the kernel went on during the stall.
    guard look.isDue || look.isChallenged else { return .unchanged }
    let now = look.now
    if let end = look.end { return opinion(on: end, &state, now) }
    guard let info = look.tcpInfo else { return Opinion(next: now + TCPInfoDetector.retry) }
    state.track(info, now, nearness: nearness)
    if look.isPaused {
      let wasTrouble = state.forgetStall(at: now)
      return Opinion(wasTrouble ? .withdrawn(at: now) : nil, next: next(info, state, now))
    }
    var evidence = evidence(info, state, now)
    let standing = TCPInfoState.Standing(evidence)
    // Standing evidence is not repeated.
    if standing.isTrouble, standing == state.standing { evidence = nil }
    if state.standing.blamesPath, !standing.blamesPath { state.patience.silenceEnded(at: now) }
    state.standing = standing
    return Opinion(evidence, next: next(info, state, now))
  }

  /// A half-closed connection may still end for good. After the end there is nothing left to see.
  private func opinion(
    on end: ConnectionEnd, _ state: inout TCPInfoState, _ now: MonotonicTime
  ) -> Opinion {
    guard end.isHalfClose else { return Opinion(end.evidence(at: now), next: .never) }
    defer { state.hasHalfClosed = true }
    return Opinion(state.hasHalfClosed ? nil : end.evidence(at: now), next: now + idlePeriod)
  }

  /// Evidence from a sample; `nil` where all is well and was before. Alive is claimed only after a stall that ended: an
  /// alive ballot at each challenge would keep a policy from falling back on a detector that sees more.
  private func evidence(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> Evidence? {
    let isTroubled = state.standing.isTrouble
    guard info.isInFlight, state.stallStart != .never else {
      return isTroubled ? .withdrawn(at: now) : nil
    }
    let stall = now - state.stallStart
    let allowance = info.pathAllowance
    guard stall >= suspectAfter + allowance else {
      return isTroubled ? .alive(.host, at: now, lifetime: .seconds(1)) : nil
    }
    let notes: [Fact] = [.duration("stalled", stall)]
    let limit = state.patience.limit(deadAfter, from: state.stallStart)
    let isOver = stall >= limit + allowance
    if info.isWindowClosed {
      // A peer that answers the window probes lives and does not read.
      return isOver && info.unansweredProbes >= attempts && info.sinceAcknowledged >= limit
        ? Evidence(.dead, layer: .host, cause: .pathSilent, at: now, tcpInfo: info, notes: notes)
        : Evidence(.suspicious, layer: .process, cause: .stalled, at: now, tcpInfo: info, notes: notes)
    }
    // Data that our own interface refused is first probed for. It is retransmitted once the interface takes it.
    let failed = info.retransmits + info.probes
    // The last attempt fails only after its answer had time. One more attempt takes no death back.
    let hadTime =
      info.sinceDataSent >= .milliseconds(50) + allowance || info.retransmits == 0 || state.standing.isDeath
    let isDead = isOver && failed >= attempts && hadTime
    return Evidence(
      isDead ? .dead : .suspicious, layer: .path,
      cause: isUnreachable(info) ? .hostUnreachable : .pathSilent, at: now, tcpInfo: info, notes: notes)
  }

  /// A router's "host (or network) unreachable" undoes the doubling of the retransmission time-out (RFC 6069,
  /// tcp_ld_RTO_revert). The sign is time-outs without backoff. A thin stream's first six are not doubled either.
  private func isUnreachable(_ info: TCPInfo) -> Bool {
    let undoubled = thinLinear ? 6 : 0
    return info.retransmits > undoubled && info.backoff < info.retransmits - undoubled
  }

  private func next(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> MonotonicTime {
    let isActive = info.isInFlight || info.sinceDataSent < idlePeriod
    guard isActive else { return (now + idlePeriod).roundedUp(toMultipleOf: idleGrid) }
    // If aligned: the next common moment other than this one.
    let regular =
      isAligned ? (now + activePeriod / 2).roundedUp(toMultipleOf: activePeriod) : now + activePeriod
    guard state.stallStart != .never else { return regular }
    // Exactly when the stall would become suspicious or deadly, if that is before the next sample.
    let limits = [suspectAfter, state.patience.limit(deadAfter, from: state.stallStart)]
      .map { state.stallStart + $0 + info.pathAllowance }
    return limits.filter { $0 > now }.reduce(regular, min)
  }
}

extension DetectorUse {
  /// The TCP_INFO detector in a policy; see ``TCPInfoDetector``.
  public static func tcpInfo(
    suspectAfter: Duration = TCPInfoDetector.Defaults.suspectAfter,
    deadAfter: Duration = TCPInfoDetector.Defaults.deadAfter,
    attempts: Int = TCPInfoDetector.Defaults.attempts,
    idlePeriod: Duration = TCPInfoDetector.Defaults.idlePeriod,
    activePeriod: Duration = TCPInfoDetector.Defaults.activePeriod,
    thinLinear: Bool = TCPInfoDetector.Defaults.thinLinear,
    retransmitCap: Duration = TCPInfoDetector.Defaults.retransmitCap
  ) -> DetectorUse {
    DetectorUse(
      TCPInfoDetector.name,
      [
        "suspectAfter": .duration(suspectAfter), "deadAfter": .duration(deadAfter),
        "attempts": .integer(attempts), "idlePeriod": .duration(idlePeriod),
        "activePeriod": .duration(activePeriod), "thinLinear": .flag(thinLinear),
        "retransmitCap": .duration(retransmitCap),
      ])
  }
}
