public import Flatline

/// A real fault that has one cause only, under a policy that has the witness for it.
public struct CauseCase: Sendable {
  /// The plain truth.
  public var cause: Cause
  /// What is run to see whether it is told.
  public var trial: Trial

  /// How long after a fault that nobody promises to tell a cause is waited for: the heartbeat that is spoken beside
  /// data in flight takes three seconds, and what was told must not change.
  public static let vigil = Duration.seconds(6)

  /// From its parts, each described at its property.
  public init(_ cause: Cause, _ trial: Trial) {
    self.cause = cause
    self.trial = trial
  }

  /// The cause that a result tells in the end: of the death, or of the suspicion where nobody is to die; `nil` where
  /// nothing was told.
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
