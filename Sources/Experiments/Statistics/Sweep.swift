import Flatline
import FlatlineLab

/// The trials behind the trade-off plot. One setting of each method is swept, under loss (for its mistakes) and under a
/// silent drop (for its detection time).
public struct Sweep: Sendable {
  private struct Step {
    let method: String
    let setting: String
    let policy: Policy
    let traffic: Traffic
  }
  private let steps: [Step]
  private let conditions: Conditions
  private let repetitions: Int

  /// The heartbeat interval of all steps: short, so that a minute holds many.
  private static let interval = Duration.milliseconds(100)
  /// The scenario of the mistakes.
  public static let trouble = Scenario.named(.loss10)
  private static let crash = Scenario.named(.silentDrop)

  /// - Parameters:
  ///   - conditions: of the path.
  ///   - repetitions: how many of each.
  public init(conditions: Conditions, repetitions: Int) {
    self.conditions = conditions
    self.repetitions = repetitions
    let milliseconds = [100, 200, 400, 800, 1600]
    var steps: [Step] = []
    func add(_ method: String, _ setting: String, _ use: DetectorUse, _ traffic: Traffic) {
      let rule = Rule.detector(use.name)
      let policy = Policy(
        name: "\(method), \(setting)", detectors: [use], suspect: rule, dead: rule)
      steps.append(Step(method: method, setting: setting, policy: policy, traffic: traffic))
    }
    for misses in [2, 3, 5, 8, 13] {
      add(
        "heartbeat, fixed", "\(misses) misses", .heartbeat(interval: Sweep.interval, misses: misses),
        .heartbeat
      )
    }
    for margin in milliseconds {
      add(
        "heartbeat, chen", "margin \(margin) ms",
        .heartbeat(interval: Sweep.interval, chenMargin: .milliseconds(margin)), .heartbeat)
    }
    for threshold in [1.0, 2, 4, 8, 16] {
      add(
        "heartbeat, phi normal", "phi \(Int(threshold))",
        .heartbeat(interval: Sweep.interval, phi: threshold, minimumDeviation: .milliseconds(50)), .heartbeat)
    }
    for threshold in [0.5, 1, 2, 4, 8] {
      add(
        "heartbeat, phi exponential", "phi \(threshold)",
        .heartbeat(interval: Sweep.interval, exponentialPhi: threshold), .heartbeat)
    }
    for limit in [250, 500, 1000, 2000] {
      add(
        "tcp-info, in-flight", "dead after \(limit) ms",
        .tcpInfo(
          suspectAfter: .milliseconds(limit), deadAfter: .milliseconds(limit), attempts: 1), .inFlight)
    }
    self.steps = steps
  }

  /// The trials, in any order.
  public var trials: [Trial] {
    steps.flatMap { step in
      [Sweep.trouble, Sweep.crash].flatMap { scenario in
        (0..<repetitions).map { repetition in
          Trial(
            policy: step.policy, scenario: scenario, traffic: step.traffic, conditions: conditions,
            repetition: repetition)
        }
      }
    }
  }

  /// The curves, from the records of ``trials`` among others.
  ///
  /// - Parameter records: of a run.
  public func curves(_ records: [TrialRecord]) -> [TradeOffCurve] {
    let byPolicy = Dictionary(grouping: records) { $0.trial.policy.name }
    var curves: [TradeOffCurve] = []
    for step in steps {
      let own = (byPolicy[step.policy.name] ?? []).filter { $0.trial.traffic == step.traffic }
      let point = TradeOffCurve.Point(setting: step.setting, quality: QualityOfService(own, .conviction))
      if curves.last?.method == step.method {
        curves[curves.count - 1].points.append(point)
      } else {
        curves.append(TradeOffCurve(method: step.method, points: [point]))
      }
    }
    return curves
  }
}
