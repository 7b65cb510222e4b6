public import FlatlineCore
public import FlatlineEstimating

/// Detection by a custom heartbeat: the peer's program is asked and must answer. The only method that tells a
/// hung program from a living one.
///
/// A ping that the peer's kernel acknowledged and its program did not answer means that the program hangs
/// (`peerHung`); one that was not even acknowledged means that the path or the host is gone (`pathSilent`), once the
/// host has been silent for as long as a program may be. Any byte received counts as life, whether the app reports it
/// (`Monitor.noteReceived`) or only the kernel's count of received bytes shows it.
///
/// On a path that loses, an answer is late by no fault of the program, and later each time it is lost: its kernel's
/// time-outs double (RFC 6298, 5.5). Where something had to be sent again in this silence, or the path was silent and
/// came back within the last minute, a program has three times as long, and after the latter a path half as long again.
///
/// Without a pinger for the connection the detector abstains.
public struct HeartbeatDetector: Detector {
  public static let name: DetectorName = "heartbeat"

  /// Time between pings.
  public let interval: Duration
  /// When silence is a death. Half of that silence is suspicious.
  public let estimator: Estimator
  /// Answers that the adaptive estimators remember.
  public let window: Int

  /// From its settings, each described at its property.
  public init(
    interval: Duration = Defaults.interval, estimator: Estimator = .fixed(misses: Defaults.misses),
    window: Int = Defaults.window
  ) {
    self.interval = interval
    self.estimator = estimator
    self.window = window
  }

  public var needs: Needs {
    Needs(period: interval, firstLook: .zero, receptions: true, pinger: true)
  }

  public func begin(_ look: borrowing Look) -> HeartbeatState? {
    look.tcpInfo.map { HeartbeatState($0, now: look.now) }
  }

  public func examine(_ look: borrowing Look, _ state: inout HeartbeatState) -> Opinion {
    let now = look.now
    guard state.nextPing != .never else { return Opinion(next: .never) }
    guard look.stall == .zero else {
      // We asked nothing while we slept: that silence was ours.
      state.lastHeard = min(now, state.lastHeard + look.stall)
      // What was due asks now; the others keep their times, or all connections would ask at once from now on.
      state.nextPing = max(state.nextPing, now)
      return Opinion(next: nextLook(state))
    }
    // A ping that was not sent (`notNow`) stays a question: a handshake that the peer does not finish is an answer it does
    // not give.
    if look.pingOutcome == .never {
      state.nextPing = .never
      state.leaning = .abstaining
      return Opinion(.withdrawn(at: now), next: .never)
    }
    var evidence: Evidence?
    if look.received > 0 {
      if let info = look.tcpInfo { state.count(info) }
      evidence = heard(at: now, now, &state)
    }
    guard look.isDue || look.isChallenged else { return Opinion(evidence, next: nextLook(state)) }
    guard let info = look.tcpInfo else { return Opinion(evidence) }
    if let end = look.end {
      // There is nobody left to answer.
      state.nextPing = .never
      return Opinion(end.evidence(at: now), next: .never)
    }
    evidence = evidence ?? life(info, now, &state) ?? silence(info, now, &state)
    let actions = pings(now, &state)
    return Opinion(evidence, next: nextLook(state), actions: actions)
  }

  /// The next ping, or the moment when the silence becomes suspicious or a death, if that is before.
  private func nextLook(_ state: HeartbeatState) -> MonotonicTime {
    guard state.isWaiting, state.leaning != .dead else { return state.nextPing }
    let limit = silenceLimit(state)
    return min(state.nextPing, state.leaning == .suspicious ? limit.dead : limit.suspicious)
  }

  /// Bytes that the kernel received and nobody reported.
  private func life(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
    let count = UInt32(truncatingIfNeeded: info.bytesReceived)
    guard count != state.received else { return nil }
    state.count(info)
    return heard(at: max(state.lastHeard, now - info.sinceDataReceived), now, &state)
  }

  private func heard(at time: MonotonicTime, _ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence?
  {
    if state.isWaiting {
      // Only answers teach the estimator; other life comes in bursts.
      let previous = state.lastAnswer == .never ? nil : state.lastAnswer.secondsValue
      estimator.record(
        Estimator.Arrival(
          time: time.secondsValue, previous: previous, sequence: UInt64(state.sequence),
          interval: interval.secondsValue),
        into: &state.statistics, window: UInt32(clamping: window))
      state.lastAnswer = time
      state.answered = state.sequence
      state.isWaiting = false
    }
    state.lastHeard = time
    state.reprieve = MonotonicTime(nanoseconds: 0)
    if state.wasPathSilent { state.patience.silenceEnded(at: now) }
    state.wasPathSilent = false
    guard state.leaning != .alive else { return nil }
    state.leaning = .alive
    return .alive(.process, at: now)
  }

  /// The ping that is due, if one is.
  private func pings(_ now: MonotonicTime, _ state: inout HeartbeatState) -> [Action] {
    guard now + .milliseconds(1) >= state.nextPing else { return [] }
    state.nextPing = max(state.nextPing + interval, now)
    // A ping left out leaves its place in the schedule out too.
    state.sequence &+= 1
    state.isWaiting = true
    return [.ping]
  }

  private func silence(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
    guard state.isWaiting else { return nil }
    // Data on its way for longer than an answer takes was not acknowledged; else the host answers.
    let hostAnswers =
      !info.isInFlight || info.isWindowAnswered || isJustSent(info)
      || info.sinceAcknowledged < .milliseconds(250) + info.pathAllowance
    if !hostAnswers { state.wasPathSilent = true }
    let limit = silenceLimit(state)
    guard now >= limit.suspicious else { return nil }
    var leaning: Leaning = now >= limit.dead ? .dead : .suspicious
    guard leaning != state.leaning else { return nil }
    if leaning == .dead, let reprieve = reprieve(state, info, hostAnswers: hostAnswers, now) {
      state.reprieve = reprieve
      leaning = .suspicious
    }
    guard leaning != state.leaning else { return nil }
    state.leaning = leaning
    // A ping behind a closed window has not left: the peer reads nothing at all.
    let process = info.isWindowAnswered ? Cause.stalled : .peerHung
    let level = estimator.level(at: now.secondsValue, knowledge(state))
    return Evidence(
      leaning, layer: hostAnswers ? .process : .path, cause: hostAnswers ? process : .pathSilent, at: now,
      tcpInfo: info,
      notes: [
        .duration("silent", now - state.lastHeard), .text("estimator", estimator.name),
        .level("level", (level * 100).rounded() / 100), .level("threshold", estimator.threshold),
      ])
  }

  /// Only the last ping is on its way, and its answer has had no time: those before it were acknowledged.
  private func isJustSent(_ info: TCPInfo) -> Bool {
    info.unacknowledged <= 1 && info.notSent == 0 && info.retransmits == 0 && info.probes == 0
      && info.sinceDataSent < info.retransmissionTimeout
  }

  /// When to judge again, where so long a silence of the program may have been the path's; `nil` for a death.
  private func reprieve(
    _ state: HeartbeatState, _ info: TCPInfo, hostAnswers: Bool, _ now: MonotonicTime
  ) -> MonotonicTime? {
    let silence = convictingSilence(state)
    let longest = state.lastHeard + silence * 3
    let count = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
    let hasLost = count != state.retransmitted || state.patience.isInForce(at: state.lastHeard)
    // Behind a closed window nothing is answered that could be lost; what a full peer has no room for is sent again.
    let hung = hasLost && !info.isWindowAnswered ? longest : state.lastHeard + silence
    let lastAnswer = now - info.sinceAcknowledged
    let silent = min(lastAnswer + state.patience.limit(silence, from: lastAnswer), longest)
    // The kernel's ages are told in ticks, of 10 ms at the most (CONFIG_HZ).
    let soon = now + .milliseconds(10)
    guard (hostAnswers ? hung : silent) > soon else { return nil }
    return [hung, silent].filter { $0 > soon }.min()
  }

  /// When silence becomes suspicious, and when it is a death: as long again after the suspicion.
  private func silenceLimit(_ state: HeartbeatState) -> (suspicious: MonotonicTime, dead: MonotonicTime) {
    let silence = convictingSilence(state)
    return (state.lastHeard + silence / 2, max(state.lastHeard + silence, state.reprieve))
  }

  private func convictingSilence(_ state: HeartbeatState) -> Duration {
    let seconds = estimator.suspicionDeadline(knowledge(state)) - state.lastHeard.secondsValue
    // An estimator that has learned nonsense waits a day rather than for ever.
    // A microsecond more keeps the level, computed in floating point, from falling just short at the limit.
    return Duration.nanoseconds(Int64(min(max(seconds, 0.001), 86_400) * 1e9) + 1000)
  }

  private func knowledge(_ state: HeartbeatState) -> Estimator.Silence {
    Estimator.Silence(
      lastHeard: state.lastHeard.secondsValue, sequence: UInt64(state.answered),
      interval: interval.secondsValue,
      statistics: state.statistics)
  }
}
