import FlatlineCore

/// How far a detector can go, by what it promises of any fault under any traffic.
///
/// A detector that promises nothing at all may go any way.
struct DetectorReach {
  /// What it leans to at the most; without what it says of a FIN where that is no death.
  private(set) var gravest = Leaning.dead
  /// Whether it may decide beside the rules: by conclusive evidence, or by a FIN that makes a connection half-closed.
  private(set) var decidesAlone = true

  /// - Parameters:
  ///   - detector: set up as the policy says.
  ///   - policy: the policy.
  ///   - timers: what all of the policy's detectors do to a connection.
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
