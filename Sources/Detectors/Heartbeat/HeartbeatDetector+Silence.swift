import FlatlineCore
import FlatlineEstimating

/// What silence after a ping is worth.
extension HeartbeatDetector {
  /// The accusation that the silence is worth by now, if it is a new one.
  func silence(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout HeartbeatState) -> Evidence? {
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
      ] + (hostAnswers && hungAfter > convictingSilence(state) ? [.duration("hung_after", hungAfter)] : [])
        + (state.isStreamFull ? [.text("ping", "stream_full")] : []))
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
    let count = UInt32(truncatingIfNeeded: info.bytesRetransmitted)
    let hasLost = count != state.retransmitted || state.patience.isInForce(at: state.lastHeard)
    // Behind a closed window no answer can be lost: data is sent again because the full peer has no room for it. How long
    // that is excused is another detector's part.
    let patience =
      info.isWindowAnswered ? silence : max(hasLost ? silence * 3 : silence, hungAfter)
    let hung = state.lastHeard + patience
    let longest = state.lastHeard + max(silence * 3, patience)
    let lastAnswer = now - info.sinceAcknowledged
    let silent = min(lastAnswer + state.patience.limit(silence, from: lastAnswer), longest)
    // The kernel counts ages in ticks, of 10 ms at the most (CONFIG_HZ).
    let soon = now + .milliseconds(10)
    guard (hostAnswers ? hung : silent) > soon else { return nil }
    return [hung, silent].filter { $0 > soon }.min()
  }

  /// Times at which silence becomes suspicious and a death. The silence that is a death is twice as long.
  func silenceLimit(_ state: HeartbeatState) -> (suspicious: MonotonicTime, dead: MonotonicTime) {
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
