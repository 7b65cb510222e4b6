public import Flatline

/// Whether a policy was right in one trial.
public enum Judgement: Hashable, Sendable {
  /// Dead in time with the right cause (suspect, where the policy never convicts); or alive, as expected.
  case right
  /// Dead in time, with the cause that silence alone shows; this detector would have given a more exact cause.
  case witnessMissing(DetectorName)
  /// The verdict came this much later than promised.
  case late(Duration)
  /// The verdict came in time, but the suspicion before it came this much later than promised.
  case suspectedLate(Duration)
  /// A verdict came this much sooner than can be.
  case early(Duration)
  /// Dead, for the wrong cause.
  case wrongCause(Cause)
  /// Neither dead nor suspect by the end of the trial, though one was expected.
  case missed
  /// Not dead by the end of the trial; no policy with these detectors can see this fault.
  case blind(needs: [DetectorName])
  /// Not dead by the end of the trial; the promised time is later.
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
    case .late, .suspectedLate, .early, .wrongCause, .missed, .convicted, .failed: true
    case .right, .witnessMissing, .blind, .notWithinRun, .convictedBeyondPromise: false
    }
  }

  /// The name in machine-readable output.
  public var name: String {
    switch self {
    case .right: "right"
    case .witnessMissing: "witnessMissing"
    case .late: "late"
    case .suspectedLate: "suspectedLate"
    case .early: "early"
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
