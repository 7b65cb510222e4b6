import Flatline

/// A promised time beside the worst of those measured.
public struct MeasuredPromise: Hashable, Sendable {
  /// How a promise stands beside what was measured.
  public enum Standing: String, Hashable, Sendable {
    /// Everything came in time.
    case kept
    /// Something took longer, or never came in a run that was long enough.
    case broken
    /// Kept, but far above all that was measured: it says less than it could.
    case loose
    /// The run was too short for it.
    case unmeasured
  }

  /// At the latest so long after the fault.
  public var promised: Duration
  /// `nil` where it never came.
  public var worst: Duration?
  /// How the promise stands.
  public var standing: Standing

  /// A promise is loose above one and a half times the worst measured, `slack` and a round trip.
  ///
  /// `slack` is what every promise allows a busy machine, however quick the event: a FIN is seen in a tenth of a
  /// millisecond, and promised within this.
  public static let slack = FaultScenario.slack

  /// - Parameters:
  ///   - promised: at the latest, in all of these trials.
  ///   - roundTrip: of their path.
  ///   - trials: the time in each, `nil` for never, and whether that keeps the promise.
  init?(_ promised: Duration?, roundTrip: Duration, _ trials: [(time: Duration?, timing: Timing)]) {
    guard let promised, !trials.isEmpty else { return nil }
    self.promised = promised
    worst = trials.compactMap(\.time).max()
    let isBroken = trials.contains {
      switch $0.timing {
      case .late, .missed: true
      case .kept, .open: false
      }
    }
    if isBroken {
      standing = .broken
    } else if let worst {
      let most = worst * 3 / 2 + MeasuredPromise.slack + roundTrip
      standing = promised > most ? .loose : .kept
    } else {
      standing = .unmeasured
    }
  }
}
