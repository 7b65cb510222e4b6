public import FlatlineCore

/// Detection by `getsockopt(TCP_INFO)` (tcp(7)): the state, and faults that the state does not show. A connection over
/// a dead path stays ESTABLISHED for a quarter of an hour. Its unacknowledged bytes, retransmissions and probes show
/// the fault within a round trip or a few.
///
/// It judges connections with data in flight. TCP_INFO shows no silence on an idle connection: the detector abstains,
/// challenged or not. Sampling is rare while a connection is idle, faster while it sends, fastest while something is
/// wrong, and immediate on a challenge. It does not wake on readiness: alone, it finds a FIN or a RST at its next
/// sample.
///
/// Only an acknowledgement of new bytes is progress. ACKs that come with the peer's own data repeat an old number; they
/// would hide a path that is broken in our direction. For a minute after a suspicious stall that ended, the path is
/// known to lose: the next stall must last half as long again to convict.
///
/// Small segments may pass where large ones are lost (`largePacketsLost`): the peer goes on to new data, or holds data
/// behind the segments that are retransmitted; inbound, out-of-order data waits behind a hole while the peer is heard.
/// The kernels' own search for a smaller size (`net.ipv4.tcp_mtu_probing`) has its time before a death: 4.4 s and five
/// time-outs outbound, 7 s inbound.
///
/// The first data of a connection has 10 s at the least: the peer's accept queue may be full, and its kernel drops that
/// data without an answer. While its SYN-ACKs come, the connection is `stalled`. A receive window of our own that stays
/// closed for 3 s is suspicious (`localBackpressure`), never a death: not even a FIN would be taken.
///
/// After a FIN, whichever side closed, data in flight is judged as before.
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
    TCPInfoState(look.tcpInfo)
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
    // After the end there is nothing left to see.
    if let end = look.end, !end.isHalfClose { return Opinion(end.evidence(at: now), next: .never) }
    guard let info = look.tcpInfo else { return Opinion(next: now + TCPInfoDetector.retry) }
    state.track(info, now, nearness: nearness)
    if look.isPaused {
      let wasTrouble = state.forgetStall(info, at: now)
      return Opinion(wasTrouble ? .withdrawn(at: now) : nil, next: next(info, state, now))
    }
    if state.segments.trouble == .perhapsHole, look.hasDescriptor {
      state.segments.settle(OutOfOrderQueue(of: look.descriptor))
    }
    var evidence = evidence(info, state, now)
    let standing = TCPInfoState.Standing(evidence)
    // Standing evidence is not repeated.
    if standing.isTrouble, standing == state.standing { evidence = nil }
    if state.standing.blamesPath, !standing.blamesPath { state.patience.silenceEnded(at: now) }
    let wasDeath = state.standing.isDeath
    state.standing = standing
    if let end = look.end { evidence = halfClosed(end, evidence, wasDeath: wasDeath, &state, now) }
    return Opinion(evidence, next: next(info, state, now))
  }

  /// Evidence on a half-closed connection, which may still end for good: the FIN, in place of anything less than a death.
  private func halfClosed(
    _ end: ConnectionEnd, _ evidence: Evidence?, wasDeath: Bool, _ state: inout TCPInfoState,
    _ now: MonotonicTime
  ) -> Evidence? {
    let isReported = state.hasHalfClosed && !(wasDeath && !state.standing.isDeath)
    state.hasHalfClosed = true
    if state.standing.isDeath { return evidence }
    return isReported ? nil : end.evidence(at: now)
  }

  /// Evidence from a sample; `nil` where all is well and was before. Alive is claimed only after a stall that ended: an
  /// alive ballot at each challenge would keep a policy from falling back on a detector that sees more.
  private func evidence(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> Evidence? {
    if let accusation = graver(outbound(info, state, now), inbound(info, state, now)) { return accusation }
    guard state.standing.isTrouble else { return nil }
    return state.stallStart == .never ? .withdrawn(at: now) : .alive(.host, at: now, lifetime: .seconds(1))
  }

  /// The accusation that counts. An open hole explains a wait for an acknowledgement too, unless that wait is a death.
  private func graver(_ outbound: Evidence?, _ inbound: Evidence?) -> Evidence? {
    guard let outbound, let inbound else { return outbound ?? inbound }
    let isExplained = inbound.cause == .largePacketsLost && inbound.leaning >= outbound.leaning
    return isExplained ? inbound : outbound
  }

  /// An accusation from data of ours that is not acknowledged.
  private func outbound(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> Evidence? {
    guard info.isInFlight, state.stallStart != .never else { return nil }
    let stall = now - state.stallStart
    let allowance = info.pathAllowance
    guard stall >= suspectAfter + allowance else { return nil }
    let notes: [Fact] = [.duration("stalled", stall)]
    let limit = limit(info, state, now)
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
    let (passing, isAccepted) = (passing(info, state, now), !info.isPerhapsNotAccepted)
    if passing == .small {
      let isProbed =
        stall >= TCPInfoDetector.sizeProbing && info.retransmits >= TCPInfoDetector.sizeAttempts
      return Evidence(
        isDead && isProbed || state.standing.isDeath ? .dead : .suspicious, layer: .path,
        cause: .largePacketsLost, at: now, tcpInfo: info,
        notes: notes + [.count("segment_size", info.missingSegmentSize)])
    }
    if !isAccepted, !isDead, state.segments.hasHeard {
      return Evidence(.suspicious, layer: .process, cause: .stalled, at: now, tcpInfo: info, notes: notes)
    }
    return Evidence(
      isDead && passing != .perhapsSmall ? .dead : .suspicious, layer: .path,
      cause: isUnreachable(info) ? .hostUnreachable : .pathSilent, at: now, tcpInfo: info, notes: notes)
  }

  /// How long data must stay unacknowledged to convict. A server whose accept queue is full drops the first data of a
  /// connection without an answer; now and then it sends its SYN-ACK again, at distances that double.
  private func limit(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> Duration {
    let limit = state.patience.limit(deadAfter, from: state.stallStart)
    guard info.isPerhapsNotAccepted else { return limit }
    let heard = state.segments.hasHeard ? now - state.stallStart - state.segments.hearingAge(now) : .zero
    return max(limit, TCPInfoDetector.acceptance, heard * 3)
  }

  /// What passes while large segments are lost.
  private enum Passing { case nothing, perhapsSmall, small }

  /// Whether small segments pass while the retransmitted ones, which are large, do not: the peer holds small ones behind
  /// them, or it goes on to new data, which it does only after an acknowledgement of ours.
  private func passing(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> Passing {
    guard info.retransmitsLargeSegments else { return .nothing }
    if info.selectivelyAcknowledged > 0, info.retransmits > 1 { return .small }
    guard state.segments.hasHeard else { return .nothing }
    let time = TCPInfoDetector.peersTimeout + info.pathAllowance * 2
    return state.segments.hearingAge(now) >= time ? .small : .perhapsSmall
  }

  /// An accusation from our receiving side.
  private func inbound(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> Evidence? {
    let age = state.segments.troubleAge(now)
    switch state.segments.trouble {
    case .none, .perhapsHole: return nil
    case .closedWindow:
      guard age >= TCPInfoDetector.appsTime else { return nil }
      return Evidence(
        .suspicious, layer: .process, cause: .localBackpressure, at: now, tcpInfo: info,
        notes: [.duration("window_closed", age)])
    case .hole:
      // A peer that is not heard any more is another matter.
      guard age >= holeTime + info.pathAllowance, age - info.sinceHeard >= holeTime / 2,
        info.sinceHeard <= max(.milliseconds(1500), holeTime * 3 / 2, age / 2)
      else { return nil }
      let isOver = age >= max(deadAfter * 2, TCPInfoDetector.peersAttempts) + info.pathAllowance
      return Evidence(
        isOver ? .dead : .suspicious, layer: .path, cause: .largePacketsLost, at: now, tcpInfo: info,
        notes: [.duration("hole", age), .count("out_of_order", Int(info.outOfOrderReceived))])
    }
  }

  /// How long a hole must stay open to be suspicious: the peer's retransmissions come at the pace of its own time-outs.
  var holeTime: Duration { suspectAfter * 3 + .milliseconds(200) }

  /// Time in which a server accepts a connection, at the least.
  private static let acceptance = Duration.seconds(10)
  /// The least retransmission time-out of a peer (TCP_RTO_MIN, 200 ms), and the lateness of its timer.
  private static let peersTimeout = Duration.milliseconds(300)
  /// With net.ipv4.tcp_mtu_probing the kernel sends smaller segments after three time-outs (tcp_retries1), and halves
  /// them at each further one (tcp_mtu_probing, net/ipv4/tcp_timer.c): two sizes have been tried by then.
  static let sizeProbing = Duration.milliseconds(4400)
  static let sizeAttempts = 5
  /// The same at the peer, at an uncapped pace of time-outs.
  static let peersAttempts = Duration.seconds(7)
  /// Time that our app has to read.
  private static let appsTime = Duration.seconds(3)

  /// A router's "host (or network) unreachable" undoes the doubling of the retransmission time-out (RFC 6069,
  /// tcp_ld_RTO_revert). The sign is time-outs without backoff. A thin stream's first six are not doubled either.
  private func isUnreachable(_ info: TCPInfo) -> Bool {
    let undoubled = thinLinear ? 6 : 0
    return info.retransmits > undoubled && info.backoff < info.retransmits - undoubled
  }

  private func next(_ info: TCPInfo, _ state: TCPInfoState, _ now: MonotonicTime) -> MonotonicTime {
    let isActive =
      info.isInFlight || info.sinceDataSent < idlePeriod || state.segments.trouble == .hole
    guard isActive else { return idleNext(state, now) }
    // If aligned: the next common moment other than this one.
    let regular =
      isAligned ? (now + activePeriod / 2).roundedUp(toMultipleOf: activePeriod) : now + activePeriod
    guard state.stallStart != .never else { return regular }
    // Exactly when the stall would become suspicious or deadly, if that is before the next sample.
    let limits = [suspectAfter, state.patience.limit(deadAfter, from: state.stallStart)]
      .map { state.stallStart + $0 + info.pathAllowance }
    return limits.filter { $0 > now }.reduce(regular, min)
  }

  private func idleNext(_ state: TCPInfoState, _ now: MonotonicTime) -> MonotonicTime {
    let regular = (now + idlePeriod).roundedUp(toMultipleOf: idleGrid)
    let rest = TCPInfoDetector.appsTime - state.segments.troubleAge(now)
    // Exactly when a closed window of our own becomes suspicious.
    return state.segments.trouble == .closedWindow && rest > .zero ? min(regular, now + rest) : regular
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
