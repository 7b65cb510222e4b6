public import FlatlineCore
public import FlatlineEstimating

/// Suspicion accrued from the peer's own rhythm. The detector learns the pauses between the peer's own sends (ticks,
/// telemetry, another protocol's heartbeat). A much longer pause is suspicious. Nothing is sent.
///
/// It samples TCP_INFO's count of received bytes and the age of the last one (tcp(7)). Arrivals between two looks count
/// as one: it learns the pauses between bursts, not inside them. It gives no opinion before the rhythm is known
/// (`arrivals`), nor on a peer that may be silent for ever.
///
/// See `Estimator` for φ accrual (Hayashibara et al. 2004; Lakshman, Malik 2010).
public struct ActivityDetector: Detector {
  public struct State: BitwiseCopyable, Sendable {
    /// When bytes last arrived; `never` before the first seen.
    var lastArrival: MonotonicTime = .never
    /// The pauses seen so far.
    public internal(set) var statistics = ArrivalStatistics()
    /// The low half of the bytes received at the last look.
    var received: UInt32
    /// The peer's FIN was reported: the peer sends no more, so its rhythm has ended.
    var isHalfClosed = false
    /// The ballot that stands.
    var leaning: Leaning = .abstaining
  }

  public static let name: DetectorName = "activity"

  /// How the silence that is suspicious is found.
  public let estimator: Estimator
  /// Pauses that must have been seen before there is an opinion.
  public let arrivals: Int
  /// Pauses that are remembered.
  public let window: Int
  /// Silence shorter than this is never suspicious.
  public let leastSilence: Duration
  /// Whether twice the suspicious silence is a death.
  public let convicts: Bool
  /// Time between samples.
  public let period: Duration

  /// From its settings, each described at its property.
  public init(
    estimator: Estimator = .phiNormal(
      threshold: Defaults.threshold, minimumDeviation: Defaults.minimumDeviation),
    arrivals: Int = Defaults.arrivals, window: Int = Defaults.window,
    leastSilence: Duration = Defaults.leastSilence, convicts: Bool = Defaults.convicts,
    period: Duration = Defaults.period
  ) {
    self.estimator = estimator
    self.arrivals = arrivals
    self.window = window
    self.leastSilence = leastSilence
    self.convicts = convicts
    self.period = period
  }

  public var needs: Needs {
    Needs(readiness: .ending, period: period, leeway: period / 2, receptions: true)
  }

  public func begin(_ look: borrowing Look) -> State? {
    look.tcpInfo.map { State(received: UInt32(truncatingIfNeeded: $0.bytesReceived)) }
  }

  public func examine(_ look: borrowing Look, _ state: inout State) -> Opinion {
    let now = look.now
    guard look.stall == .zero else {
      // The monitor stalled during this pause: the stall is neither learned nor counted.
      if state.lastArrival != .never { state.lastArrival = min(now, state.lastArrival + look.stall) }
      return .unchanged
    }
    if let end = look.end {
      if end.isHalfClose, state.isHalfClosed { return Opinion(next: .never) }
      state.isHalfClosed = end.isHalfClose
      // The peer sends no more. A half-closed connection may still end for good: epoll reports that.
      return Opinion(end.evidence(at: now), next: .never)
    }
    guard let info = look.tcpInfo else { return .unchanged }
    let isHeard = UInt32(truncatingIfNeeded: info.bytesReceived) != state.received
    let evidence = isHeard ? heard(info, now, &state) : silence(info, now, &state)
    return Opinion(evidence, next: next(state, now))
  }

  private func heard(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout State) -> Evidence? {
    state.received = UInt32(truncatingIfNeeded: info.bytesReceived)
    let time =
      state.lastArrival == .never
      ? now - info.sinceDataReceived : max(state.lastArrival, now - info.sinceDataReceived)
    // Do not learn a silence that was an outage.
    if state.lastArrival != .never, state.leaning < .suspicious {
      estimator.record(
        Estimator.Arrival(
          time: time.secondsValue, previous: state.lastArrival.secondsValue, sequence: 0,
          interval: period.secondsValue),
        into: &state.statistics, window: UInt32(clamping: window))
    }
    state.lastArrival = time
    guard state.leaning != .alive, isTaught(state) else { return nil }
    state.leaning = .alive
    return .alive(.process, at: now)
  }

  private func silence(_ info: TCPInfo, _ now: MonotonicTime, _ state: inout State) -> Evidence? {
    guard let limit = limit(state) else { return nil }
    let silent = now - state.lastArrival
    guard silent >= limit else { return nil }
    let leaning: Leaning = convicts && silent >= limit * 2 ? .dead : .suspicious
    guard leaning != state.leaning else { return nil }
    state.leaning = leaning
    let level = estimator.level(at: now.secondsValue, knowledge(state))
    // This layer cannot distinguish a silent host from a silent program; a detector of another layer can.
    return Evidence(
      leaning, layer: .process, cause: .pathSilent, at: now, tcpInfo: info,
      notes: [
        .duration("silent", silent), .duration("usual", .seconds(state.statistics.mean)),
        .level("level", (level * 100).rounded() / 100), .level("threshold", estimator.threshold),
      ])
  }

  /// Time of the next sample, or of the silence limit if that is sooner.
  private func next(_ state: State, _ now: MonotonicTime) -> MonotonicTime {
    let sample = (now + period).roundedUp(toMultipleOf: period / 16)
    guard let limit = limit(state) else { return sample }
    let limits = [state.lastArrival + limit, state.lastArrival + limit * 2]
    return limits.filter { $0 > now }.reduce(sample, min)
  }

  private func isTaught(_ state: State) -> Bool { state.statistics.count >= UInt32(clamping: arrivals) }

  /// Silence that is suspicious; `nil` before the rhythm is known.
  private func limit(_ state: State) -> Duration? {
    guard state.lastArrival != .never, isTaught(state) else { return nil }
    let seconds = estimator.suspicionDeadline(knowledge(state)) - state.lastArrival.secondsValue
    // If the estimator learned nonsense, wait a day, not for ever.
    let silence = Duration.nanoseconds(Int64(min(max(seconds, 0), 86_400) * 1e9) + 1000)
    return max(silence, leastSilence)
  }

  private func knowledge(_ state: State) -> Estimator.Silence {
    Estimator.Silence(
      lastHeard: state.lastArrival.secondsValue, sequence: 0, interval: period.secondsValue,
      statistics: state.statistics)
  }
}
