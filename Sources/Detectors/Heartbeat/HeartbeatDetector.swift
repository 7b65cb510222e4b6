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
/// A program that pauses (garbage collection, a frozen container) is no dead one. ``hungAfter`` is the patience for a
/// program while its kernel answers. The patience for a path stays that of the estimator.
///
/// Silence speaks against nobody while the peer was not asked, or cannot answer:
/// - While the pinger says that it is not its turn on the stream (`PingOutcome.notNow`), the detector abstains. It asks
///   again at each interval, and silence counts afresh from the first ping that is sent.
/// - While our own app leaves bytes unread and our receive window is closed or nearly so, it is suspicious at most, with
///   the cause `localBackpressure`. Silence counts afresh from the moment at which the app has read.
///
/// A handshake that the peer does not finish is an answer not given, and so is an answer to a ping in a stream that
/// takes no more bytes (`PingOutcome.handshakePending`, `PingOutcome.streamFull`).
///
/// Without a pinger for the connection the detector abstains.
public struct HeartbeatDetector: Detector {
  public static let name: DetectorName = "heartbeat"

  /// Time between pings.
  public let interval: Duration
  /// The silence that is a death. Half of it is suspicious.
  public let estimator: Estimator
  /// How long a program may be silent while its kernel answers: the pause that it survives, and an interval more. If the
  /// estimator's silence is longer, that counts; zero leaves it to the estimator alone.
  public let hungAfter: Duration
  /// Answers that the adaptive estimators remember.
  public let window: Int

  /// From its settings, each described at its property.
  public init(
    interval: Duration = Defaults.interval, estimator: Estimator = .fixed(misses: Defaults.misses),
    hungAfter: Duration = Defaults.hungAfter, window: Int = Defaults.window
  ) {
    self.interval = interval
    self.estimator = estimator
    self.hungAfter = hungAfter
    self.window = window
  }

  public var needs: Needs {
    Needs(
      period: interval, firstLook: .zero, readings: [.tcpInfo, .unreadBytes], receptions: true, pinger: true)
  }

  public func begin(_ look: borrowing Look) -> HeartbeatState? {
    look.tcpInfo.map { HeartbeatState($0, now: look.now) }
  }

  public func examine(_ look: borrowing Look, _ state: inout HeartbeatState) -> Opinion {
    let now = look.now
    guard state.nextPing != .never else { return unasked(look, &state) }
    guard look.stall == .zero else {
      // The monitor sent no pings during the stall: that silence does not count.
      state.lastHeard = min(now, state.lastHeard + look.stall)
      // An overdue ping goes now. The others keep their times; otherwise all connections would ping at once from now
      // on.
      state.nextPing = max(state.nextPing, now)
      return Opinion(next: nextLook(state))
    }
    if look.pingOutcome == .never {
      return neverAgain(now, &state)
    }
    // The last ping was sent, or waits in the stream: it is our turn again.
    if state.isWaiting, look.pingOutcome != .notNow { state.isNotOurTurn = false }
    var evidence: Evidence?
    if look.received > 0 {
      if let info = look.tcpInfo { state.count(info) }
      evidence = heard(at: now, now, &state)
    }
    if look.pingOutcome == .notNow {
      return Opinion(standBack(now, &state) ?? evidence, next: nextLook(state))
    }
    if look.pingOutcome == .streamFull { state.isStreamFull = true }
    guard look.isDue || look.isChallenged else { return Opinion(evidence, next: nextLook(state)) }
    guard let info = look.tcpInfo else { return Opinion(evidence) }
    if let end = look.end {
      // Nothing is left to answer.
      state.nextPing = .never
      state.isOver = true
      return Opinion(end.evidence(at: now), next: .never)
    }
    // No ping can follow our own FIN.
    guard !info.state.hasFinished else { return neverAgain(now, &state) }
    evidence = evidence ?? life(info, now, &state)
    switch OwnWindow.Change(look, info, &state) {
    case .open: evidence = evidence ?? silence(info, now, &state)
    case .shut: evidence = evidence ?? backpressure(look, info, now, &state)
    case .reopened: evidence = evidence ?? startAfreshBehindOwnWindow(now, &state)
    }
    let actions = pings(now, &state)
    return Opinion(evidence, next: nextLook(state), actions: actions)
  }

  /// Time of the next ping, or of the moment when the silence becomes suspicious or a death, if that is sooner.
  private func nextLook(_ state: HeartbeatState) -> MonotonicTime {
    guard state.isWaiting, state.leaning != .dead else { return state.nextPing }
    // Behind our own closed window no silence is a death.
    guard !state.isOwnWindowShut || state.leaning != .suspicious else { return state.nextPing }
    let limit = silenceLimit(state)
    return min(state.nextPing, state.leaning == .suspicious ? limit.dead : limit.suspicious)
  }

  /// Bytes that the kernel received and no caller reported.
  func life(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
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
    // What comes while nothing was asked proves nothing for long: the other detectors watch meanwhile.
    guard state.leaning != .alive, !state.isNotOurTurn else { return nil }
    state.leaning = .alive
    state.isBackpressureSaid = false
    return .alive(.process, at: now)
  }

  /// The ping that is due, if one is.
  private func pings(_ now: MonotonicTime, _ state: inout HeartbeatState) -> [Action] {
    guard now + .milliseconds(1) >= state.nextPing else { return [] }
    state.nextPing = max(state.nextPing + interval, now)
    if state.isNotOurTurn { state.lastHeard = now }
    state.isStreamFull = false
    // A skipped ping skips its place in the schedule too.
    state.sequence &+= 1
    state.isWaiting = true
    return [.ping]
  }
}
