import Flatline
import FlatlineExperiments
import FlatlineLab

/// Trials that never ran, told event by event.
enum Stories {
  static func trial(
    _ policy: Policy = .fastPath, _ fault: Fault = .silentDrop, _ traffic: Traffic = .idle,
    userTimeout: Duration? = nil
  ) -> Trial {
    Trial(policy: policy, scenario: .named(fault), traffic: traffic, userTimeout: userTimeout)
  }

  static func dead(_ cause: Cause, at offset: Duration, by detector: DetectorName = "keepalive") -> TrialEvent
  {
    TrialEvent(.verdict(.dead(cause), cause: cause, decidedBy: [detector]), at: offset)
  }

  /// A death whose suspicion came at once.
  static func death(_ cause: Cause, at offset: Duration) -> [TrialEvent] {
    [suspect(cause, at: .milliseconds(1)), dead(cause, at: offset)]
  }

  static func suspect(_ cause: Cause, at offset: Duration) -> TrialEvent {
    TrialEvent(.verdict(.suspect, cause: cause, decidedBy: ["tcp-info"]), at: offset)
  }

  static func alive(at offset: Duration) -> TrialEvent {
    TrialEvent(.verdict(.alive, cause: nil, decidedBy: []), at: offset)
  }

  /// Life after a death.
  static func mistake(_ cause: Cause, at offset: Duration) -> TrialEvent {
    let life = Evidence.alive(.process, at: MonotonicTime(nanoseconds: 0))
    return TrialEvent(.mistake(cause, Ballot(detector: "heartbeat", evidence: life)), at: offset)
  }

  static func evidence(
    _ detector: DetectorName, _ leaning: Leaning, _ cause: Cause? = nil, at offset: Duration
  ) -> TrialEvent {
    let evidence = Evidence(leaning, layer: .path, cause: cause, at: MonotonicTime(nanoseconds: 0))
    return TrialEvent(.evidence(Ballot(detector: detector, evidence: evidence)), at: offset)
  }

  static func result(_ events: [TrialEvent], length: Duration = .seconds(60)) -> TrialResult {
    TrialResult(quiet: .seconds(2), length: length, events: events)
  }

  /// What the policy promises, without the earliest times: most stories are about what comes too late.
  static func promise(of trial: Trial) -> Promise { latestOnly(Promise(of: trial)) }

  static func latestOnly(_ promise: Promise) -> Promise {
    var promise = promise
    promise.earliestSuspect = nil
    promise.earliestDead = nil
    return promise
  }

  static func judge(_ trial: Trial, _ events: [TrialEvent], length: Duration = .seconds(60)) -> Judgement {
    TrialRecord(trial, promise: promise(of: trial), result: result(events, length: length)).judgement
  }
}
