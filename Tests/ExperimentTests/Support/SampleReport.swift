import Flatline
import FlatlineExperiments
import FlatlineLab

/// A report as large as a full run's, with every kind of judgement in it, made up by a rule.
enum SampleReport {
  static let page = LabPage(full).html

  private static let full: LabReport = {
    let trials = TrialPlan.trials(NamedPolicies.all, Scenario.all, Traffic.allCases)
    let records = zip(trials, Promise.all(of: trials).map(Stories.latestOnly)).enumerated().map {
      index, each in
      record(each.0, each.1, index)
    }
    let setting = LabReport.Setting(
      command: "flatline lab --html <lab>.html", kernel: "6.18", date: "a day", conditions: Conditions(),
      seed: 1, repetitions: 1, duration: .seconds(150))
    return LabReport(setting: setting, records: records, tradeOff: curves, field: field)
  }()

  private static func record(_ trial: Trial, _ promise: Promise, _ index: Int) -> TrialRecord {
    var events = [Stories.evidence("keepalive", .alive, at: .milliseconds(-900))]
    let limit = promise.dead ?? .milliseconds(800 * (index % 7 + 1))
    // One in nineteen is late, one in twenty-three wrong.
    let end = limit * (index % 19 == 0 ? 13 : 8) / 10
    switch trial.scenario.expectation(trial.traffic).demand {
    case .dead(let causes) where index % 11 != 0:
      let cause = index % 23 == 0 ? Cause.localClosed : causes.first ?? .pathSilent
      events += [
        Stories.evidence("tcp-info", .suspicious, cause, at: end / 5), Stories.suspect(cause, at: end / 5),
        Stories.evidence("keepalive", .dead, cause, at: end), Stories.dead(cause, at: end),
      ]
    case .alive:
      for count in 0..<index % 40 {
        let start = Duration.milliseconds(count * 1400)
        events += [
          Stories.evidence("tcp-info", .suspicious, .pathSilent, at: start),
          Stories.suspect(.pathSilent, at: start),
          Stories.evidence("tcp-info", .alive, at: start + .milliseconds(400)),
          Stories.alive(at: start + .milliseconds(400)),
        ]
      }
      if index % 29 == 0 { events.append(Stories.dead(.pathSilent, at: .seconds(58))) }
    default: break
    }
    return TrialRecord(trial, promise: promise, result: Stories.result(events))
  }

  private static var curves: [TradeOffCurve] {
    let sweep = Sweep(conditions: Conditions(), repetitions: 1)
    let records = sweep.trials.enumerated().map { index, trial in
      let step = index / 2 % 5 + 1
      let events =
        trial.scenario.isFault
        ? [Stories.dead(.pathSilent, at: .milliseconds(150 * step * step + index))]
        : (0..<max(0, 60 / step / step - 8)).flatMap { count in
          [
            Stories.dead(.pathSilent, at: .seconds(count)),
            Stories.alive(at: .seconds(count) + .milliseconds(300)),
          ]
        }
      return TrialRecord(trial, promise: Stories.promise(of: trial), result: Stories.result(events))
    }
    return sweep.curves(records)
  }

  private static var field: [FieldRow] {
    (FieldCase.refusingToDie + FieldCase.defaults).map { fieldCase in
      let promise = Stories.promise(of: fieldCase.trial)
      let limit = promise.dead
      let events = limit.map { $0 < .seconds(50) ? [Stories.dead(.timedOut, at: $0)] : [] } ?? []
      return FieldRow(
        fieldCase, record: TrialRecord(fieldCase.trial, promise: promise, result: Stories.result(events)),
        ours: nil)
    }
  }
}
