public import FlatlineCore

/// A detector that explanations can count on.
public protocol ExplainableDetector: Detector {
  /// What the detector does to the socket's timers and puts on the wire.
  var timers: SocketTimers { get }

  /// What the detector promises to say of a fault, each thing at its latest moment.
  func promise(_ scenario: FaultScenario) -> [PromisedEvidence]
}

extension [any Detector] {
  /// What all of them do to a socket's timers, beside what the app sets.
  func timers(beside app: SocketTimers = SocketTimers()) -> SocketTimers {
    reduce(app) { timers, detector in
      (detector as? any ExplainableDetector).map { timers.merging($0.timers) } ?? timers
    }
  }
}
