import Flatline

/// A promised time beside the worst of those measured.
public struct MeasuredPromise: Hashable, Sendable {
  public enum Standing: String, Hashable, Sendable {
    case kept
    /// Something took longer, or never came in a run that was long enough.
    case broken
    /// Kept, but far above all that was measured: it says less than it could.
    case loose
    /// The run was too short for it.
    case unmeasured
  }

  public var promised: Duration
  /// `nil` where it never came.
  public var worst: Duration?
  public var standing: Standing

  /// A promise is loose above so many times the worst measured and `slack` more.
  public static let looseness = 1.5
  /// What a promise allows a busy machine, however quick the event: a FIN is seen in a tenth of a millisecond, and
  /// promised within this.
  public static let slack = Circumstances.slack

  /// - Parameters:
  ///   - promised: at the latest, in all of these trials.
  ///   - trials: the results, and the time in each; `nil` for never.
  init?(_ promised: Duration?, _ trials: [(result: TrialResult, time: Duration?)]) {
    guard let promised, !trials.isEmpty else { return nil }
    self.promised = promised
    worst = trials.compactMap(\.time).max()
    let timings = trials.map { $0.result.timing(of: $0.time, promised: promised) }
    let isBroken = timings.contains {
      switch $0 {
      case .late, .missed: true
      case .kept, .open: false
      }
    }
    if isBroken {
      standing = .broken
    } else if let worst {
      let most = worst.secondsValue * MeasuredPromise.looseness + MeasuredPromise.slack.secondsValue
      standing = promised.secondsValue > most ? .loose : .kept
    } else {
      standing = .unmeasured
    }
  }
}
