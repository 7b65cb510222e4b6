public import FlatlineCore
public import FlatlineEstimating

/// Detection by a custom heartbeat: pings that the peer's program must answer. No other method tells a hung program
/// from a living one.
///
/// A ping that the peer's kernel acknowledged and its program did not answer means that the program hangs (`peerHung`).
/// A ping that was not acknowledged means that the path or the host is gone (`pathSilent`), once the host has been
/// silent for as long as a program may be. Any byte received counts as life, whether the app reports it
/// (`Monitor.noteReceived`) or only the kernel's count of received bytes shows it.
///
/// On a path that loses, a late answer is not the program's fault. Each loss makes it later: the time-outs of its
/// kernel double (RFC 6298, 5.5). A program has three times as long if bytes were retransmitted in this silence, or if
/// the path was silent and came back within the last minute. In the latter case a path has half as long again.
///
/// Without a pinger for the connection the detector abstains.
public struct HeartbeatDetector: Detector {
  public static let name: DetectorName = "heartbeat"

  /// Time between pings.
  public let interval: Duration
  /// The silence that is a death. Half of it is suspicious.
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
      // The monitor sent no pings during the stall: that silence does not count.
      state.lastHeard = min(now, state.lastHeard + look.stall)
      // An overdue ping goes now. The others keep their times; otherwise all connections would ping at once from now
      // on.
      state.nextPing = max(state.nextPing, now)
      return Opinion(next: nextLook(state))
    }
    // A ping that was not sent (`notNow`) still waits for an answer: a handshake that the peer does not finish is a
    // missing answer.
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
      // Nothing is left to answer.
      state.nextPing = .never
      return Opinion(end.evidence(at: now), next: .never)
    }
    evidence = evidence ?? life(info, now, &state) ?? silence(info, now, &state)
    let actions = pings(now, &state)
    return Opinion(evidence, next: nextLook(state), actions: actions)
  }

  /// Time of the next ping, or of the moment when the silence becomes suspicious or a death, if that is sooner.
  private func nextLook(_ state: HeartbeatState) -> MonotonicTime {
    guard state.isWaiting, state.leaning != .dead else { return state.nextPing }
    let limit = silenceLimit(state)
    return min(state.nextPing, state.leaning == .suspicious ? limit.dead : limit.suspicious)
  }

  /// Bytes that the kernel received and no caller reported.
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
    // A skipped ping skips its place in the schedule too.
    state.sequence &+= 1
    state.isWaiting = true
    return [.ping]
  }

  private func silence(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
    guard state.isWaiting else { return nil }
    // The host does not answer if data is unacknowledged for longer than an answer takes.
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
    // Behind a closed window the ping has not left: the peer reads nothing at all.
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

  /// Only the last ping is in flight, and its answer is not due yet: the earlier ones were acknowledged.
  private func isJustSent(_ info: TCPInfo) -> Bool {
    info.unacknowledged <= 1 && info.notSent == 0 && info.retransmits == 0 && info.probes == 0
      && info.sinceDataSent < info.retransmissionTimeout
  }

  /// Time to judge again, if the path may have caused the program's long silence; `nil` for a death.
  private func reprieve(
    _ state: HeartbeatState, _ info: TCPInfo, hostAnswers: Bool, _ now: MonotonicTime
  ) -> MonotonicTime? {
    if let excuse = excuse(state, info, now) { return excuse }
    let silence = convictingSilence(state)
    let longest = state.lastHeard + silence * 3
    let count = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
    let hasLost = count != state.retransmitted || state.patience.isInForce(at: state.lastHeard)
    // Behind a closed window no answer can be lost: data is sent again because the full peer has no room for it.
    let hung = hasLost && !info.isWindowAnswered ? longest : state.lastHeard + silence
    let lastAnswer = now - info.sinceAcknowledged
    let silent = min(lastAnswer + state.patience.limit(silence, from: lastAnswer), longest)
    // The kernel counts ages in ticks, of 10 ms at the most (CONFIG_HZ).
    let soon = now + .milliseconds(10)
    guard (hostAnswers ? hung : silent) > soon else { return nil }
    return [hung, silent].filter { $0 > soon }.min()
  }

  /// Times at which silence becomes suspicious and a death. The silence that is a death is twice as long.
  private func silenceLimit(_ state: HeartbeatState) -> (suspicious: MonotonicTime, dead: MonotonicTime) {
    let silence = convictingSilence(state)
    return (state.lastHeard + silence / 2, max(state.lastHeard + silence, state.reprieve))
  }

  private func convictingSilence(_ state: HeartbeatState) -> Duration {
    let seconds = estimator.suspicionDeadline(knowledge(state)) - state.lastHeard.secondsValue
    // If the estimator learned nonsense, wait a day, not for ever. One microsecond more keeps the floating-point level
    // from falling just short at the limit.
    return Duration.nanoseconds(Int64(min(max(seconds, 0.001), 86_400) * 1e9) + 1000)
  }

  private func knowledge(_ state: HeartbeatState) -> Estimator.Silence {
    Estimator.Silence(
      lastHeard: state.lastHeard.secondsValue, sequence: UInt64(state.answered),
      interval: interval.secondsValue,
      statistics: state.statistics)
  }
}
