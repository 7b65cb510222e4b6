public import FlatlineCore

/// A detector that explanations can count on.
public protocol ExplainableDetector: Detector {
  /// Effect of the detector on the socket's timers and on the wire.
  var timers: SocketTimers { get }

  /// The evidence that the detector promises for a fault, each item at its latest moment.
  func promise(_ scenario: FaultScenario) -> [PromisedEvidence]

  /// A time after the fault before which the detector does not accuse, on a path that was well before the fault; `nil`
  /// if it never does in this fault. Zero, the default, says nothing.
  ///
  /// - Parameters:
  ///   - accusation: evidence at least so grave.
  ///   - scenario: the fault.
  func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration?
}

extension ExplainableDetector {
  public func earliest(_ accusation: Accusation, in scenario: FaultScenario) -> Duration? { .zero }
}

extension [any Detector] {
  /// Effect of all of them on a socket's timers, besides the app's own settings.
  func timers(beside app: SocketTimers = SocketTimers()) -> SocketTimers {
    var app = app
    app.userTimeout?.isApps = true
    return reduce(app) { timers, detector in
      (detector as? any ExplainableDetector).map { timers.merging($0.timers) } ?? timers
    }
  }
}
