import Flatline
import FlatlineExperiments
import FlatlineLab

/// A run as JSON, one object a line.
enum LabJSON {
  static func start(_ options: LabOptions, trials: Int) -> String {
    let conditions = options.conditions
    return JSON.object([
      "event": .text("start"), "command": .text(options.command), "trials": .integer(trials),
      "seed": .text(String(options.seed)), "repeat": .integer(options.repetitions),
      "rtt_ms": .milliseconds(conditions.roundTrip), "jitter_ms": .milliseconds(conditions.jitter),
      "loss": .number(conditions.loss), "rate_bits": conditions.rate.map(JSON.integer) ?? .null,
    ]).line
  }

  static func trial(_ record: TrialRecord) -> String {
    let trial = record.trial
    let result = record.result
    let end = record.result.end(of: trial.policy)
    return JSON.object([
      "event": .text("trial"), "fault": .text(trial.scenario.name), "is_fault": .bool(trial.scenario.isFault),
      "traffic": .text(trial.traffic.rawValue), "policy": .text(trial.policy.name),
      "repetition": .integer(trial.repetition), "judgement": .text(record.judgement.name),
      "is_wrong": .bool(record.judgement.isWrong),
      "words": .text(ReportWords.judgement(record.judgement, isFault: trial.scenario.isFault)),
      "suspect_ms": milliseconds(result.suspectAfter), "dead_ms": milliseconds(end?.offset),
      "cause": (end?.cause.rawValue).map(JSON.text) ?? .null,
      "decided_by": .list((end?.decidedBy ?? []).map { .text($0.rawValue) }),
      "phase": .integer(trial.phase), "promised_suspect_ms": milliseconds(record.promise.suspect),
      "promised_ms": milliseconds(record.limit), "watched_ms": .milliseconds(result.length),
      "left_out": .list(record.promise.leftOut.map { .text($0.rawValue) }),
      "asleep_ms": .milliseconds(end?.asleep ?? .zero), "made_in_ms": .milliseconds(result.doubt),
      "mistakes": .list(result.mistakes(in: trial.scenario, .suspicion).map(mistake)),
      "contradictions": .integer(result.contradictions),
      "events": .list(result.events.map(event)),
    ]).line
  }

  /// One line for each promise of a cell: suspicion and death.
  static func promises(_ cell: PromiseTable.Cell, of policy: String, _ row: PromiseTable.Row) -> [String] {
    [("suspect", cell.suspect), ("dead", cell.dead)].compactMap { verdict, promise in
      promise.map { promise in
        JSON.object([
          "event": .text("promise"), "fault": .text(row.fault), "traffic": .text(row.traffic.rawValue),
          "policy": .text(policy), "verdict": .text(verdict), "promised_ms": .milliseconds(promise.promised),
          "worst_ms": milliseconds(promise.worst), "standing": .text(promise.standing.rawValue),
        ]).line
      }
    }
  }

  static func quality(_ row: QualityTable.Row) -> String {
    JSON.object([
      "event": .text("quality"), "policy": .text(row.policy), "traffic": .text(row.traffic.rawValue),
      "suspicion": quality(row.suspicion), "conviction": quality(row.conviction), "kept": interval(row.kept),
    ]).line
  }

  static func point(_ point: TradeOffCurve.Point, of curve: TradeOffCurve) -> String {
    JSON.object([
      "event": .text("trade_off"), "method": .text(curve.method), "setting": .text(point.setting),
      "quality": quality(point.quality),
    ]).line
  }

  static func field(_ row: FieldRow) -> String {
    let record = row.record
    return JSON.object([
      "event": .text("field"), "case": .text(row.fieldCase.name), "source": .text(row.fieldCase.source),
      "published": .text(row.fieldCase.published),
      "computed_ms": milliseconds(record.promise.dead),
      "dead_ms": milliseconds(record.result.end(of: record.trial.policy)?.offset),
      "ours_ms": milliseconds(row.ours.flatMap { $0.result.end(of: $0.trial.policy)?.offset }),
      "watched_ms": .milliseconds(record.result.length),
    ]).line
  }

  static func end(_ report: LabReport, _ status: ExitStatus) -> String {
    let promises = PromiseTable(report.records)
    return JSON.object([
      "event": .text("end"), "trials": .integer(report.records.count),
      "wrong": .integer(report.records.count(where: \.judgement.isWrong)),
      "promises_broken": .integer(promises.count(.broken)),
      "promises_loose": .integer(promises.count(.loose)),
      "promises_kept": .integer(promises.count(.kept)),
      "promises_unmeasured": .integer(promises.count(.unmeasured)),
      "duration_ms": .milliseconds(report.setting.duration),
      "lateness_ms": report.setting.lateness.map(JSON.milliseconds) ?? .null,
      "forwarder_us": report.setting.forwarderDelay.map { .number($0.milliseconds * 1000) } ?? .null,
      "exit_status": .integer(Int(status.code)),
    ]).line
  }

  private static func event(_ event: TrialEvent) -> JSON {
    var members: [String: JSON] = ["at_ms": .milliseconds(event.offset)]
    switch event.what {
    case .evidence(let ballot):
      members["detector"] = .text(ballot.detector.rawValue)
      members["leaning"] = .text("\(ballot.evidence.leaning)")
      members["layer"] = .text(ballot.evidence.layer.rawValue)
      members["cause"] = (ballot.evidence.cause?.rawValue).map(JSON.text) ?? .null
      members["conclusive"] = .bool(ballot.evidence.isConclusive)
      members["facts"] = JSONReport.facts(ballot.evidence.facts)
    case .verdict(let verdict, let cause, let deciders):
      members["verdict"] = .text(verdict.name)
      members["cause"] = (cause?.rawValue).map(JSON.text) ?? .null
      members["decided_by"] = .list(deciders.map { .text($0.rawValue) })
    case .mistake(let cause, let ballot):
      members["mistake"] = .text(cause.rawValue)
      members["detector"] = .text(ballot.detector.rawValue)
      members["leaning"] = .text("\(ballot.evidence.leaning)")
      members["layer"] = .text(ballot.evidence.layer.rawValue)
    }
    return .object(members)
  }

  private static func mistake(_ mistake: MistakenDistrust) -> JSON {
    .object(["from_ms": .milliseconds(mistake.start), "to_ms": milliseconds(mistake.end)])
  }

  private static func quality(_ quality: QualityOfService) -> JSON {
    .object([
      "detection_s": interval(quality.detectionTime),
      "worst_detection_s": quality.worstDetectionTime.map(JSON.number) ?? .null,
      "mistakes_per_s": interval(quality.mistakeRate), "mistake_s": interval(quality.mistakeDuration),
      "accuracy": interval(quality.accuracy), "mistakes": .integer(quality.mistakes),
      "alive_s": .number(quality.exposure), "crashes": .integer(quality.crashes),
      "detected": .integer(quality.detected),
    ])
  }

  /// An infinite bound is null.
  private static func interval(_ interval: ConfidenceInterval) -> JSON {
    .object([
      "estimate": interval.estimate.map(JSON.number) ?? .null, "lower": .number(interval.lower),
      "upper": .number(interval.upper), "confidence": .number(interval.confidence),
    ])
  }

  private static func milliseconds(_ duration: Duration?) -> JSON {
    duration.map(JSON.milliseconds) ?? .null
  }
}
