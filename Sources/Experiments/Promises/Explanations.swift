import Flatline

/// The explanations of trials' policies, each made once.
struct Explanations {
  /// What an explanation depends on.
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

  /// `nil` for a policy that is not valid: its trial fails and says why.
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
    guard trial.scenario.isFault,
      let explained = explanation(of: trial)?[trial.scenario.faultClass, trial.traffic]
    else { return promise }
    let keepsHalfClosed = trial.policy.halfClose == .halfClosed
    promise.dead = explained.dead ?? (keepsHalfClosed ? explained.halfClosed : nil)
    promise.suspect = explained.suspect ?? promise.dead
    return promise
  }

  /// The longest that is promised of a trial within a time; `nil` if nothing is. What a fault sends by itself is found
  /// as data in flight is, once an idle look has seen it.
  mutating func longestPromise(of trial: Trial, within patience: Duration) -> Duration? {
    var promise = promise(of: trial)
    if trial.scenario.isSending, promise.suspect == nil {
      var sending = trial
      sending.traffic = .inFlight
      promise.suspect = self.promise(of: sending).suspect.map { $0 * 2 }
    }
    return [promise.dead, promise.suspect].compactMap { $0 }.filter { $0 <= patience }.max()
  }

  /// When a trial's connection begins after the first one's, so that the phases of a trial spread evenly over the period
  /// of the policy's own timers.
  mutating func beginning(of trial: Trial) -> Beginning {
    guard trial.phase > 0, let timers = explanation(of: trial)?.timers else { return Beginning() }
    let period: Duration? =
      switch trial.traffic {
      case .idle: timers.keepalive.map { max($0.idle, $0.interval) } ?? timers.unacknowledged?.idlePeriod
      case .heartbeat: timers.ping?.interval
      // Three periods of what is sent, so that slower looks are met at different points too.
      case .inFlight: .milliseconds(300)
      }
    // What is sent without a pause is found at the next look, of which a user time-out has four (`UserTimeoutDetector`).
    let looks = trial.scenario.isSending ? timers.userTimeout.map { $0.timeout / 4 } : nil
    let whole = min(looks ?? period ?? .milliseconds(500), .seconds(20))
    let step = trial.traffic == .inFlight ? Explanations.fifth : Explanations.goldenRatio
    return Beginning(delay: whole * (Double(trial.phase) * step).fraction, period: whole)
  }

  /// The multiples of a fifth of three periods fall evenly into each one too.
  private static let fifth = 0.2

  /// Its multiples fall evenly into a period: however many there are, none is far from the others (Steinhaus, the
  /// three-gap theorem).
  private static let goldenRatio = 0.618_034
}

/// When a connection begins.
struct Beginning: Hashable, Sendable {
  /// After the first.
  var delay: Duration = .zero
  /// So much later is as good; `zero` for one that no phase depends on.
  var period: Duration = .zero

  /// The time to begin at: a period later if it is too late for this one, so that a busy machine does not make all
  /// begin at once.
  func time(from start: MonotonicTime, now: MonotonicTime) -> MonotonicTime {
    var time = start + delay
    while period > .zero, now - time > period / 50 { time = time + period }
    return time
  }
}

extension Conditions {
  /// The longest that a packet and its answer take: the lab's own way is a tenth of a millisecond.
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
