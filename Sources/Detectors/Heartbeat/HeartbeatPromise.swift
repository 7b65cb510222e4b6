import FlatlineCore
import FlatlineEstimating
public import FlatlineExplaining

extension HeartbeatDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    timers.ping = .init(interval: interval, patience: patience)
    return timers
  }

  /// Silence that convicts, on a path without jitter.
  private var patience: Duration {
    let start = 1.0
    let silence = Estimator.Silence(
      lastHeard: start, sequence: 0, interval: interval.secondsValue, statistics: ArrivalStatistics())
    let seconds = estimator.suspicionDeadline(silence) - start
    return .nanoseconds(Int64(min(max(seconds, 0.001), 86_400) * 1e9))
  }

  /// Connection ends, at the next ping. Silence of the peer's program, suspicious after half of it, on a path without
  /// recent loss.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    guard scenario.traffic == .heartbeat else { return [] }
    if var ending = scenario.ending, !scenario.isSilence, scenario.effect != .closedWindow {
      ending.by += interval
      return [.alive(.process), ending]
    }
    let (layer, cause): (Layer, Cause) =
      switch scenario.effect {
      case .hang: (.process, .peerHung)
      case .closedWindow: (.process, .stalled)
      default: (.path, .pathSilent)
      }
    let lateness = scenario.roundTrip + FaultScenario.slack
    return [
      .alive(.process),
      PromisedEvidence(.suspicious, layer: layer, cause: cause, by: patience / 2 + lateness),
      PromisedEvidence(.dead, layer: layer, cause: cause, by: patience + lateness),
    ]
  }
}
