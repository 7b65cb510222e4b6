import Flatline

/// By when a policy tells a silent drop, computed from its settings and the kernel's rules: the worst case on a
/// path of next to no round trip. A detector whose settings it does not know is taken to see nothing.
struct Prediction {
  private let policy: Policy
  private let registry: DetectorRegistry
  private let userTimeout: Duration?

  /// The kernel's own patience with unacknowledged data: tcp_retries2 = 15, "a hypothetical timeout of 924.6
  /// seconds" (Documentation/networking/ip-sysctl.rst).
  static let kernelPatience = Duration.milliseconds(924_600)
  /// TCP_USER_TIMEOUT is looked at when a timer falls; on one isolated write it was measured 0.4 to 0.5 s late.
  private static let userTimeoutGrace = Duration.milliseconds(600)
  /// Until the accelerated keepalive knows that the kernel's first probe went unanswered.
  private static let probeGrace = Duration.milliseconds(300)

  /// The last retransmission is given its time to be answered.
  private static let answerTime = Duration.milliseconds(100)

  init(_ policy: Policy, registry: DetectorRegistry, userTimeout: Duration? = nil) {
    self.policy = policy
    self.registry = registry
    self.userTimeout = userTimeout
  }

  var promise: Promise {
    Promise(
      .computed, suspectActive: bound(of: policy.suspect, .inFlight, isSuspicion: true),
      deadActive: bound(of: policy.dead, .inFlight), deadIdle: bound(of: policy.dead, .idle),
      deadHeartbeat: uses(HeartbeatDetector.name) ? bound(of: policy.dead, .heartbeat) : nil)
  }

  private func uses(_ name: DetectorName) -> Bool { policy.detectors.contains { $0.name == name } }

  /// When a rule comes to dead at the latest; `nil` for never.
  private func bound(of rule: Rule, _ traffic: Traffic, isSuspicion: Bool = false) -> Duration? {
    func time(_ rule: Rule) -> Duration? { bound(of: rule, traffic, isSuspicion: isSuspicion) }
    /// All of them known, or `nil`.
    func all(_ rules: [Rule]) -> [Duration]? {
      let times = rules.compactMap(time)
      return times.count == rules.count ? times : nil
    }
    switch rule {
    case .detector(let name): return self.time(of: name, traffic, isSuspicion: isSuspicion)
    case .any(let rules): return rules.compactMap(time).min()
    case .all(let rules): return all(rules)?.max()
    case .atLeast(let count, let rules):
      let times = rules.compactMap(time).sorted()
      return count >= 1 && times.count >= count ? times[count - 1] : nil
    case .weighted(let threshold, let rules):
      let timed = rules.compactMap { each in time(each.rule).map { (time: $0, weight: each.weight) } }
      var weight = 0.0
      for each in timed.sorted(by: { $0.time < $1.time }) {
        weight += each.weight
        if weight >= threshold { return each.time }
      }
      return nil
    case .confirm(let first, let second, _): return all([first, second])?.max()
    case .fallback(let first, let second): return time(first) ?? time(second)
    case .unless(let rule, _): return time(rule)
    case .sustained(let rule, let duration): return time(rule).map { $0 + duration }
    }
  }

  /// When a detector says dead (or suspicious) at the latest.
  private func time(of name: DetectorName, _ traffic: Traffic, isSuspicion: Bool) -> Duration? {
    guard let use = policy.detectors.first(where: { $0.name == name }) else { return nil }
    switch name {
    case EpollDetector.name: return kernelEnd(traffic)
    case TCPInfoDetector.name: return traffic == .inFlight ? tcpInfo(use, isSuspicion: isSuspicion) : nil
    case KeepaliveDetector.name: return traffic == .inFlight ? nil : keepalive(use, isSuspicion: isSuspicion)
    case HeartbeatDetector.name: return traffic == .heartbeat ? heartbeat(use, isSuspicion: isSuspicion) : nil
    default: return nil
    }
  }

  /// When the kernel itself ends the connection, which readiness shows.
  private func kernelEnd(_ traffic: Traffic) -> Duration? {
    if traffic == .inFlight {
      return userTimeout.map { $0 + Prediction.userTimeoutGrace } ?? Prediction.kernelPatience
    }
    guard let use = policy.detectors.first(where: { $0.name == KeepaliveDetector.name }),
      let settings = settings(use), let detector = try? KeepaliveDetector(settings: settings),
      !detector.accelerated
    else { return nil }
    guard let userTimeout else { return detector.lastProbe }
    // With both, the user time-out replaces the count: the first probe after it finds it passed.
    let probes = max(1, ((userTimeout - detector.firstProbe) / detector.interval).rounded(.up))
    return detector.firstProbe + detector.interval * Int(probes)
  }

  private func tcpInfo(_ use: DetectorUse, isSuspicion: Bool) -> Duration? {
    guard let settings = settings(use), let detector = try? TCPInfoDetector(settings: settings) else {
      return nil
    }
    let look = detector.activePeriod + Prediction.answerTime
    return (isSuspicion ? detector.suspectAfter : detector.deadAfter) + look
  }

  private func keepalive(_ use: DetectorUse, isSuspicion: Bool) -> Duration? {
    guard let settings = settings(use), let detector = try? KeepaliveDetector(settings: settings) else {
      return nil
    }
    let first = (detector.accelerated ? detector.idle : detector.firstProbe) + Prediction.probeGrace
    if isSuspicion { return first }
    return detector.accelerated ? first + detector.burst : detector.lastProbe
  }

  private func heartbeat(_ use: DetectorUse, isSuspicion: Bool) -> Duration? {
    guard let settings = settings(use), let detector = try? HeartbeatDetector(settings: settings) else {
      return nil
    }
    // Of a connection that has learnt nothing yet.
    let silence = Estimator.Silence(
      lastHeard: 0, sequence: 0, interval: detector.interval.secondsValue, statistics: ArrivalStatistics())
    let dead = detector.estimator.suspicionDeadline(silence)
    return .milliseconds(Int64((isSuspicion ? dead / 2 : dead) * 1000))
  }

  private func settings(_ use: DetectorUse) -> DetectorSettings? {
    guard let type = registry[use.name] else { return nil }
    return try? DetectorSettings(use.settings, for: use.name, described: type.settings)
  }
}

extension KeepaliveDetector {
  /// When the first unanswered probe of the kernel goes out at the latest: the one before was answered just before the
  /// silence, and the probes of a living peer come each `interval` where that is longer than `idle`.
  fileprivate var firstProbe: Duration { max(idle, interval) }

  /// When the kernel gives up.
  fileprivate var lastProbe: Duration { firstProbe + interval * probes }
}

extension Duration {
  fileprivate static func / (left: Duration, right: Duration) -> Double {
    left.secondsValue / max(right.secondsValue, 1e-9)
  }
}
