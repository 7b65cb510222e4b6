public import Flatline

/// A real fault with one cause only, under a policy that has the witness for this cause.
public struct CauseCase: Sendable {
  /// The true cause.
  public var cause: Cause
  /// The trial that shows whether the verdict names it.
  public var trial: Trial

  /// How long after a fault without a promise the trial waits for a cause. The heartbeat beside data in flight takes
  /// three seconds, and the reported cause must not change afterwards.
  public static let vigil = Duration.seconds(6)

  /// From its parts, each described at its property.
  public init(_ cause: Cause, _ trial: Trial) {
    self.cause = cause
    self.trial = trial
  }

  /// The reported cause: of the death, or of the suspicion at the end where there is no death; `nil` without either.
  ///
  /// - Parameter result: of this trial.
  public func told(_ result: TrialResult) -> Cause? {
    result.end(of: trial.policy)?.cause ?? result.lastSuspicion
  }
}

extension TrialResult {
  /// The cause of the suspicion that stands at the end.
  fileprivate var lastSuspicion: Cause? {
    guard let last = events.last(where: { $0.verdict != nil }), last.offset >= .zero,
      case .verdict(.suspect, let cause, _) = last.what
    else { return nil }
    return cause
  }
}
