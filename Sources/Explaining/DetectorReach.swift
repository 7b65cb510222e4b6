import FlatlineCore

/// The gravest effect of a detector, by its promises for any fault under any traffic.
///
/// A detector without promises may have any effect.
struct DetectorReach {
  /// The gravest leaning. Evidence of a FIN is left out where a FIN is no death.
  private(set) var gravest = Leaning.dead
  /// Whether it may decide without the rules: by conclusive evidence, or by a FIN that makes a connection half-closed.
  private(set) var decidesAlone = true

  /// - Parameters:
  ///   - detector: set up as the policy says.
  ///   - policy: the policy.
  ///   - timers: combined effect of all of the policy's detectors on a connection.
  init(_ detector: any Detector, in policy: Policy, timers: SocketTimers) {
    guard let detector = detector as? any ExplainableDetector else { return }
    var promised: [PromisedEvidence] = []
    for fault in FaultClass.allCases {
      for traffic in Traffic.allCases {
        var scenario = FaultScenario(
          fault: fault, traffic: traffic, roundTrip: FaultScenario.shortestWay, timers: timers)
        promised += detector.promise(scenario)
        scenario.suspectedWithin = .zero
        promised += detector.promise(scenario)
      }
    }
    guard !promised.isEmpty else { return }
    let keepsHalfClosed = policy.halfClose == .halfClosed
    let counted = promised.filter { !($0.isHalfClose && keepsHalfClosed) }
    gravest = counted.map(\.leaning).max() ?? .abstaining
    decidesAlone = promised.contains { promise in
      promise.isConclusive && (promise.isHalfClose && keepsHalfClosed || policy.conclusive == .wins)
    }
  }
}
