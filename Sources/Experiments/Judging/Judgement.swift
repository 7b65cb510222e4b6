public import Flatline

/// Whether a policy did what it should in one trial.
public enum Judgement: Hashable, Sendable {
  /// Dead (suspect, where the policy never convicts), in time, with the right cause; or alive, as it should be.
  case right
  /// Dead and in time, with the cause that silence alone shows; this detector would have known better.
  case witnessMissing(DetectorName)
  /// The verdict came, this much later than promised.
  case late(Duration)
  /// The verdict came in time, but the suspicion before it this much later than promised.
  case suspectedLate(Duration)
  /// Dead, for the wrong cause.
  case wrongCause(Cause)
  /// Neither dead nor even suspect by the end of the trial, though it should be.
  case missed
  /// Not dead by the end of the trial; no policy with these detectors can see this fault.
  case blind(needs: [DetectorName])
  /// Not dead by the end of the trial, which ended before what was promised.
  case notWithinRun(promised: Duration)
  /// A living peer was called dead, in trouble that the policy promises to survive.
  case convicted(Cause)
  /// A living peer was called dead, in trouble that the policy does not promise to survive.
  case convictedBeyondPromise(Cause)
  /// The trial could not be made.
  case failed(String)

  /// Whether it breaks what the policy promises.
  public var isWrong: Bool {
    switch self {
    case .late, .suspectedLate, .wrongCause, .missed, .convicted, .failed: true
    case .right, .witnessMissing, .blind, .notWithinRun, .convictedBeyondPromise: false
    }
  }

  /// One word for machines.
  public var name: String {
    switch self {
    case .right: "right"
    case .witnessMissing: "witnessMissing"
    case .late: "late"
    case .suspectedLate: "suspectedLate"
    case .wrongCause: "wrongCause"
    case .missed: "missed"
    case .blind: "blind"
    case .notWithinRun: "notWithinRun"
    case .convicted: "convicted"
    case .convictedBeyondPromise: "convictedBeyondPromise"
    case .failed: "failed"
    }
  }
}
