import FlatlineCore
import FlatlineEstimating
public import FlatlineExplaining

extension HeartbeatDetector: ExplainableDetector {
  public var timers: SocketTimers {
    var timers = SocketTimers()
    let protocols = HeartbeatProtocols.builtIn
    let servers = protocols.names.map { SocketTimers.Ping.Server($0, protocols.leastInterval(of: $0)) }
    timers.ping = .init(
      interval: interval, patience: patience, servers: servers + [.init("gRPC", .grpc)])
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

  /// The same, of a program whose kernel answers.
  private var hungPatience: Duration { max(patience, hungAfter) }

  /// Connection ends, at the next ping. Silence of the peer's program, suspicious after half of it, on a path without
  /// recent loss.
  public func promise(_ scenario: FaultScenario) -> [PromisedEvidence] {
    // It abstains when its next ping is due and cannot be sent.
    if scenario.fault.stopsPings { return [.alive(.process, until: interval + FaultScenario.slack)] }
    guard scenario.traffic == .heartbeat else { return [] }
    if var ending = scenario.ending, !isSilenceOfTheProgram(scenario) {
      ending.by += interval
      return [.alive(.process), ending]
    }
    let (layer, cause): (Layer, Cause) =
      switch scenario.effect {
      case .hang, .largePacketsLost(.inbound): (.process, .peerHung)
      case .closedWindow: (.process, .stalled)
      default: (.path, .pathSilent)
      }
    // Answers are small: they come until a large segment of the peer's opens a hole before them, 100 ms later at the most.
    let hole: Duration = scenario.effect == .largePacketsLost(.inbound) ? .milliseconds(100) : .zero
    let lateness = scenario.roundTrip + FaultScenario.slack + scenario.hearsWithin + hole
    return [
      .alive(.process),
      PromisedEvidence(.suspicious, layer: layer, cause: cause, by: patience / 2 + lateness),
      PromisedEvidence(
        .dead, layer: layer, cause: cause, by: longestPatience(scenario) + lateness),
    ]
  }

  /// The silence that convicts for certain. After a loss, or while duplicates come, a path and a program have three times as
  /// long.
  private func longestPatience(_ scenario: FaultScenario) -> Duration {
    switch scenario.effect {
    case .largePacketsLost(.inbound): max(patience * 3, hungAfter)
    case .largePacketsLost(.outbound): max(patience, HeartbeatDetector.sizeSearch)
    case .hang: hungPatience
    case .finish, .reset, .forgotten, .silence, .localLoss, .closedWindow, .destroyed:
      scenario.fault == .receiveOnlyDrop ? patience * 3 : patience
    }
  }

  /// Whether the peer's kernel acknowledges the pings.
  private func kernelAnswers(_ scenario: FaultScenario) -> Bool {
    scenario.effect == .hang || scenario.effect == .largePacketsLost(.inbound)
  }

  private func isSilenceOfTheProgram(_ scenario: FaultScenario) -> Bool {
    switch scenario.effect {
    case .silence, .localLoss, .hang, .closedWindow, .largePacketsLost: true
    case .finish, .reset, .forgotten, .destroyed: false
    }
  }

  /// Connection ends by the kernel, and silence. The peer was heard one interval before the fault, at the earliest. What
  /// an estimator has learned by then is not known.
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? {
    // Without a pinger it has no opinion.
    guard scenario.traffic == .heartbeat else { return nil }
    let silence: Duration? =
      switch accusation {
      case .suspicion: patience / 2
      case .death: kernelAnswers(scenario) ? hungPatience : patience
      case .proof: nil
      }
    let isKnown = if case .fixed = estimator { true } else { false }
    let begin = interval + scenario.roundTrip + FaultScenario.slack
    let silent = silence.map { isKnown ? max(.zero, $0 - begin) : .zero }
    return [scenario.earliestEnding, silent].compactMap { $0 }.min()
  }
}
