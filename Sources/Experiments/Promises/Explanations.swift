import Flatline

/// The explanations of trials' policies, each computed once.
struct Explanations {
  /// The inputs of an explanation.
  private struct Subject: Hashable {
    let policy: Policy
    let roundTrip: Duration
    let userTimeout: Duration?
  }

  private let registry: DetectorRegistry
  private var made: [Subject: Explanation?] = [:]

  init(_ registry: DetectorRegistry) {
    self.registry = registry
  }

  /// `nil` for an invalid policy: its trial fails and gives the reason.
  mutating func explanation(of trial: Trial) -> Explanation? {
    let subject = Subject(
      policy: trial.policy, roundTrip: trial.conditions.longestRoundTrip, userTimeout: trial.userTimeout)
    if let known = made[subject] { return known }
    var app = SocketTimers()
    app.userTimeout = trial.userTimeout.map { .init(timeout: $0, sparesStalled: false) }
    let explanation = try? Explanation(
      trial.policy, registry: registry, roundTrip: subject.roundTrip, app: app)
    made[subject] = .some(explanation)
    return explanation
  }

  mutating func promise(of trial: Trial) -> Promise {
    var promise = Promise(survives: DocumentedPromise(of: trial.policy)?.survives)
    guard let explanation = explanation(of: trial) else { return promise }
    promise.leftOut = explanation.leftOut
    guard trial.scenario.isFault, let explained = explanation[trial.scenario.faultClass, trial.traffic]
    else { return promise }
    let keepsHalfClosed = trial.policy.halfClose == .halfClosed
    promise.dead = explained.dead ?? (keepsHalfClosed ? explained.halfClosed : nil)
    promise.suspect = explained.suspect ?? promise.dead
    // The earliest times are those of a path that was well before the fault, and of this traffic's own pings.
    let conditions = trial.conditions
    if conditions.loss == 0, conditions.rate == nil, trial.pings == (trial.traffic == .heartbeat) {
      promise.earliestSuspect = explained.earliestSuspect
      promise.earliestDead = explained.earliestDead
    }
    return promise
  }

  /// The longest promised time of a trial that is not above `patience`; `nil` if there is none. A fault that makes the
  /// client send is found as with data in flight, after one idle look.
  mutating func longestPromise(of trial: Trial, within patience: Duration) -> Duration? {
    var promise = promise(of: trial)
    if trial.scenario.isSending, promise.suspect == nil {
      var sending = trial
      sending.traffic = .inFlight
      promise.suspect = self.promise(of: sending).suspect.map { $0 * 2 }
    }
    return [promise.dead, promise.suspect].compactMap { $0 }.filter { $0 <= patience }.max()
  }

  /// When a trial's connection begins, relative to the first. The phases of a trial spread evenly over the period of
  /// the policy's own timers.
  mutating func beginning(of trial: Trial) -> Beginning {
    guard trial.phase > 0, let timers = explanation(of: trial)?.timers else { return Beginning() }
    let period: Duration? =
      switch trial.traffic {
      case .idle: timers.keepalive.map { max($0.idle, $0.interval) } ?? timers.unacknowledged?.idlePeriod
      case .heartbeat: timers.ping?.interval
      // Three periods of the traffic, so that slower looks are met at different points too.
      case .inFlight: .milliseconds(300)
      }
    // Continuous sending is found at the next look; a user time-out has four looks (`UserTimeoutDetector`).
    let looks = trial.scenario.isSending ? timers.userTimeout.map { $0.timeout / 4 } : nil
    let whole = min(looks ?? period ?? .milliseconds(500), .seconds(20))
    let step = trial.traffic == .inFlight ? Explanations.fifth : Explanations.goldenRatio
    return Beginning(delay: whole * (Double(trial.phase) * step).fraction, period: whole)
  }

  /// The period here is three periods of the traffic: multiples of a fifth of it fall evenly into each of the three
  /// too.
  private static let fifth = 0.2

  /// Multiples of the golden ratio fall evenly into a period, for any count of them (Steinhaus, the three-gap theorem).
  private static let goldenRatio = 0.618_034
}

/// When a connection begins.
struct Beginning: Hashable, Sendable {
  /// Time after the first connection.
  var delay: Duration = .zero
  /// A start any multiple of this later is as good; `zero` if no phase depends on it.
  var period: Duration = .zero

  /// The time to begin at, whole periods later if this one has passed: connections of a busy machine must not all begin
  /// at once.
  func time(from start: MonotonicTime, now: MonotonicTime) -> MonotonicTime {
    var time = start + delay
    while period > .zero, now - time > period / 50 { time = time + period }
    return time
  }
}

extension Conditions {
  /// The longest round trip of a packet and its answer; the lab itself takes 0.1 ms.
  var longestRoundTrip: Duration { .microseconds(100) + roundTrip + jitter * 2 }
}

extension Double {
  fileprivate var fraction: Double { self - rounded(.down) }
}

extension Duration {
  fileprivate static func * (duration: Duration, factor: Double) -> Duration {
    .nanoseconds(Int64(Double(duration.clampedNanoseconds) * factor))
  }
}
