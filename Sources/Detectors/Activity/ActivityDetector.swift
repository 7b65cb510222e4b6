public import FlatlineCore
public import FlatlineEstimating

/// Suspicion accrued from the peer's own rhythm: what it sends by itself (ticks, telemetry, another protocol's
/// heartbeat) teaches how long its pauses are, and a pause far longer is suspicious. Nothing is sent.
///
/// TCP_INFO's count of received bytes and the age of the last (tcp(7)) are sampled, so that arrivals between two
/// looks count as one: what is learned is the pause between bursts, not inside them. A rhythm that is not known
/// yet (`arrivals`), or a peer that may be silent for ever, gives no opinion.
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
    /// Whether the peer's FIN was reported: what the peer sends has ended, and its rhythm with it.
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
      // The pause was ours as well as the peer's: it is neither learned nor held against it.
      if state.lastArrival != .never { state.lastArrival = min(now, state.lastArrival + look.stall) }
      return .unchanged
    }
    if let end = look.end {
      if end.isHalfClose, state.isHalfClosed { return Opinion(next: .never) }
      state.isHalfClosed = end.isHalfClose
      // The peer sends no more. Half-closed, the connection may yet end for good: epoll reports that.
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
    // A silence that was an outage is no rhythm.
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
    // Whose silence it is, the host's or the program's, another layer's witness knows.
    return Evidence(
      leaning, layer: .process, cause: .pathSilent, at: now, tcpInfo: info,
      notes: [
        .duration("silent", silent), .duration("usual", .seconds(state.statistics.mean)),
        .level("level", (level * 100).rounded() / 100), .level("threshold", estimator.threshold),
      ])
  }

  /// The next sample, or the moment the silence reaches its limit, if that is before.
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
    // An estimator that has learned nonsense waits a day rather than for ever.
    let silence = Duration.nanoseconds(Int64(min(max(seconds, 0), 86_400) * 1e9) + 1000)
    return max(silence, leastSilence)
  }

  private func knowledge(_ state: State) -> Estimator.Silence {
    Estimator.Silence(
      lastHeard: state.lastArrival.secondsValue, sequence: 0, interval: period.secondsValue,
      statistics: state.statistics)
  }
}
