public import FlatlineCore
import FlatlineEstimating

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
    var next: MonotonicTime
    /// When bytes last arrived; `never` before the first seen.
    var lastArrival: MonotonicTime = .never
    /// The pauses seen so far.
    public internal(set) var statistics = ArrivalStatistics()
    /// The low half of the bytes received at the last look.
    var received: UInt32
    /// What the last look saw, to tell an end from.
    var before: BeforeEnding
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
    estimator: Estimator = .phiNormal(threshold: 8, minimumDeviation: .milliseconds(250)), arrivals: Int = 10,
    window: Int = 200, leastSilence: Duration = .seconds(1), convicts: Bool = false,
    period: Duration = .milliseconds(250)
  ) {
    self.estimator = estimator
    self.arrivals = arrivals
    self.window = window
    self.leastSilence = leastSilence
    self.convicts = convicts
    self.period = period
  }

  public static let settings: [SettingDescription] = [
    .choice(
      "estimator", "phi-normal", of: ["phi-normal", "phi-exponential"],
      "How pauses are taken to be spread: around a mean, or without any rhythm."),
    .number("threshold", 8, in: 0.1...300, "The level of suspicion (phi) that is suspicious."),
    .duration(
      "minimumDeviation", .milliseconds(250), in: .zero ... .seconds(3600),
      "phi-normal: the least deviation assumed of the pauses."),
    .integer("arrivals", 10, in: 2...1_000_000, "Pauses seen before there is an opinion."),
    .integer("window", 200, in: 2...1_000_000, "Pauses remembered."),
    .duration(
      "leastSilence", .seconds(1), in: .milliseconds(10) ... .seconds(86_400),
      "Silence shorter than this is never suspicious."),
    .flag("convicts", false, "Twice the suspicious silence is a death."),
    .duration(
      "period", .milliseconds(250), in: .milliseconds(10) ... .seconds(3600), "Time between samples."),
  ]

  public init(settings: DetectorSettings) throws(PolicyError) {
    let threshold = try settings.number("threshold")
    let estimator: Estimator =
      try settings.text("estimator") == "phi-exponential"
      ? .phiExponential(threshold: threshold)
      : .phiNormal(threshold: threshold, minimumDeviation: try settings.duration("minimumDeviation"))
    self.init(
      estimator: estimator, arrivals: try settings.integer("arrivals"),
      window: try settings.integer("window"), leastSilence: try settings.duration("leastSilence"),
      convicts: try settings.flag("convicts"), period: try settings.duration("period"))
  }

  public var interest: Interest {
    Interest(readiness: .ending, leeway: period / 2)
  }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
    let info = try socket.tcpInfo()
    return State(
      next: now + period, received: UInt32(truncatingIfNeeded: info.bytesReceived),
      before: BeforeEnding(info, at: now))
  }

  public func deadline(_ state: State) -> MonotonicTime? { state.next }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State
  ) -> Evidence? {
    let now = signal.now
    switch signal.event {
    case .deadline, .challenge, .received, .readiness: break
    case .clockStall(let stall):
      // The pause was ours as well as the peer's: it is neither learned nor held against it.
      if state.lastArrival != .never { state.lastArrival = min(now, state.lastArrival + stall) }
      return nil
    case .source: return nil
    }
    // What is over has been told; what is left ages and would tell it differently.
    guard !state.before.tcpState.isOver, let info = try? socket.tcpInfo() else { return nil }
    let end = socket.ending(info, hasError: signal.reportsError, before: state.before, at: now)
    state.before.update(info, at: now)
    if let end {
      // It will send no more; half-closed, the connection may yet end for good.
      state.next = .never
      return end
    }
    let isHeard = UInt32(truncatingIfNeeded: info.bytesReceived) != state.received
    let evidence = isHeard ? heard(info, now, &state) : silence(info, now, &state)
    state.next = next(state, now)
    return evidence
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

extension DetectorUse {
  /// The activity detector in a policy; see `ActivityDetector`.
  public static func activity(
    phi threshold: Double = 8, minimumDeviation: Duration = .milliseconds(250), arrivals: Int = 10,
    leastSilence: Duration = .seconds(1), convicts: Bool = false, period: Duration = .milliseconds(250)
  ) -> DetectorUse {
    DetectorUse(
      ActivityDetector.name,
      [
        "threshold": .number(threshold), "minimumDeviation": .duration(minimumDeviation),
        "arrivals": .integer(arrivals), "leastSilence": .duration(leastSilence),
        "convicts": .flag(convicts), "period": .duration(period),
      ])
  }
}
