public import FlatlineCore

/// A detector that explanations can count on.
public protocol ExplainableDetector: Detector {
  /// Effect of the detector on the socket's timers and on the wire.
  var timers: SocketTimers { get }

  /// The evidence that the detector promises for a fault, each item at its latest moment.
  func promise(_ scenario: FaultScenario) -> [PromisedEvidence]
}

extension [any Detector] {
  /// Effect of all of them on a socket's timers, besides the app's own settings.
  func timers(beside app: SocketTimers = SocketTimers()) -> SocketTimers {
    reduce(app) { timers, detector in
      (detector as? any ExplainableDetector).map { timers.merging($0.timers) } ?? timers
    }
  }
}
