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
      let explained = explanation(of: trial)?[
        trial.scenario.faultClass, trial.scenario.explainedTraffic(trial.traffic)]
    else { return promise }
    let keepsHalfClosed = trial.policy.halfClose == .halfClosed
    promise.dead = explained.dead ?? (keepsHalfClosed ? explained.halfClosed : nil)
    promise.suspect = explained.suspect ?? promise.dead
    return promise
  }

  /// How long after the first of its connections a trial's begins, so that its phases spread evenly over the period
  /// of the policy's own timers. Beyond two seconds a fresh connection is at the period's beginning anyway.
  mutating func delay(of trial: Trial) -> Duration {
    guard trial.phase > 0, let timers = explanation(of: trial)?.timers else { return .zero }
    let period: Duration? =
      switch trial.traffic {
      case .idle: timers.keepalive.map { max($0.idle, $0.interval) }
      case .heartbeat: timers.ping?.interval
      case .inFlight: .milliseconds(100)
      }
    let count = trial.scenario.phases(trial.traffic)
    return min(period ?? .milliseconds(500), .seconds(2)) * trial.phase / count
  }
}

extension Conditions {
  /// The longest that a packet and its answer take: the lab's own way is a tenth of a millisecond.
  var longestRoundTrip: Duration { .microseconds(100) + roundTrip + jitter * 2 }
}
