import FlatlineCore
import FlatlineEstimating
public import FlatlineExplaining

extension ActivityDetector: ExplainableDetector {
  /// It sets nothing and sends nothing.
  public var timers: SocketTimers { SocketTimers() }

  /// Connection ends, at once. Only the rhythm of the answers to a heartbeat is known beforehand. Nothing is promised
  /// of a peer that sends by itself.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    if let ending = scenario.ending, !scenario.isSilence { return [.alive(.process), ending] }
    guard scenario.isSilence || scenario.effect == .hang,
      scenario.traffic == .heartbeat, let ping = scenario.timers.ping
    else { return [] }
    var statistics = ArrivalStatistics()
    for _ in 0..<Int(Estimator.minimumSamples) { statistics.add((ping.interval + period).secondsValue) }
    let silence = Estimator.Silence(
      lastHeard: 1, sequence: 0, interval: period.secondsValue, statistics: statistics)
    let seconds = min(max(estimator.suspicionDeadline(silence) - 1, 0), 86_400)
    let limit = max(.nanoseconds(Int64(seconds * 1e9)), leastSilence)
    let lateness = scenario.roundTrip + FaultScenario.slack
    var promised = [
      .alive(.process),
      PromisedEvidence(.suspicious, layer: .process, cause: .pathSilent, by: limit + lateness),
    ]
    if convicts {
      promised.append(
        PromisedEvidence(.dead, layer: .process, cause: .pathSilent, by: limit * 2 + lateness))
    }
    return promised
  }
}
