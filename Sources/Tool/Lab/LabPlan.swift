import Flatline
import FlatlineExperiments
import FlatlineLab

/// The trials of a run, and the report from their records.
struct LabPlan {
  let trials: [Trial]
  let experiment: Experiment
  private let matrixCount: Int
  private let sweep: Sweep?
  private let cases: [FieldCase]

  /// - Parameters:
  ///   - options: the options of the command.
  ///   - registry: the detectors that its policies may name.
  ///   - parallelism: labs at a time.
  init(_ options: LabOptions, registry: DetectorRegistry, parallelism: Int) {
    cases = options.isField ? FieldCase.refusingToDie + FieldCase.defaults : []
    let matrix =
      options.isField
      ? []
      : TrialPlan.trials(
        options.policies, options.scenarios, options.traffic, options.conditions,
        repetitions: options.repetitions)
    matrixCount = matrix.count
    sweep =
      options.page != nil && !options.isField
      ? Sweep(conditions: options.conditions, repetitions: options.repetitions) : nil
    let conditions = options.conditions
    let field = LabPlan.fieldTrials(cases).map { trial in
      var trial = trial
      trial.conditions = conditions
      return trial
    }
    trials = matrix + (sweep?.trials ?? []) + field
    experiment =
      options.isField
      ? Experiment(
        trials, seed: options.seed, parallelism: parallelism, patience: .seconds(60), vigil: .seconds(60),
        registry: registry)
      : Experiment(trials, seed: options.seed, parallelism: parallelism, registry: registry)
  }

  func report(_ records: [TrialRecord], _ setting: LabReport.Setting) -> LabReport {
    let rest = Array(records.dropFirst(matrixCount))
    let field = rest.suffix(cases.count + ourTrialCount)
    let ours = Array(field.suffix(ourTrialCount))
    return LabReport(
      setting: setting, records: Array(records.prefix(matrixCount)), tradeOff: sweep?.curves(rest) ?? [],
      field: zip(cases, field).map { each, record in
        FieldRow(
          each, record: record,
          ours: ours.first {
            $0.trial.scenario.name == each.trial.scenario.name && $0.trial.traffic == each.trial.traffic
          })
      })
  }

  /// How many trials are for the trade-off plot.
  var sweepCount: Int { sweep?.trials.count ?? 0 }

  private var ourTrialCount: Int { LabPlan.ourTrials(cases).count }

  /// Each case, then our standard policy once in each of their circumstances.
  private static func fieldTrials(_ cases: [FieldCase]) -> [Trial] {
    cases.map(\.trial) + ourTrials(cases)
  }

  private static func ourTrials(_ cases: [FieldCase]) -> [Trial] {
    var trials: [Trial] = []
    for each in cases {
      let ours = each.trial(under: NamedPolicies.standard)
      if !trials.contains(where: { $0.scenario.name == ours.scenario.name && $0.traffic == ours.traffic }) {
        trials.append(ours)
      }
    }
    return trials
  }
}
