import Flatline

/// A promised time beside the worst measured time.
public struct MeasuredPromise: Hashable, Sendable {
  /// The comparison of a promise with the measurements.
  public enum Standing: String, Hashable, Sendable {
    /// Everything came in time.
    case kept
    /// Some time was longer, or the event never came in a run that was long enough.
    case broken
    /// Kept, but far above all measurements: the promise could be shorter.
    case loose
    /// The run was too short to measure it.
    case unmeasured
  }

  /// The latest time after the fault.
  public var promised: Duration
  /// The worst measured time; `nil` where the event never came.
  public var worst: Duration?
  /// How the promise stands.
  public var standing: Standing

  /// A promise is loose above one and a half times the worst measured time plus `slack` plus a round trip.
  ///
  /// `slack` is what every promise allows a busy machine, however fast the event: a FIN is seen within a tenth of a
  /// millisecond, but promised within this.
  public static let slack = FaultScenario.slack

  /// - Parameters:
  ///   - promised: the latest time in all of these trials.
  ///   - roundTrip: of their path.
  ///   - seeksWorst: whether enough points of the timers were tried to call a promise loose.
  ///   - trials: the time in each (`nil` for never), and whether it keeps the promise.
  init?(
    _ promised: Duration?, roundTrip: Duration, seeksWorst: Bool = true,
    _ trials: [(time: Duration?, timing: Timing)]
  ) {
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
      standing = seeksWorst && promised > most ? .loose : .kept
    } else {
      standing = .unmeasured
    }
  }
}
