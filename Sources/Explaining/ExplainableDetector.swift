public import FlatlineCore

/// A detector that says what can be counted on before it runs: what it does to a connection's timers, and what it will
/// say of a fault.
///
/// Every built-in detector is one. A policy's explanation counts on no other detector.
public protocol ExplainableDetector: Detector {
  /// What the detector does to the socket's timers and sends.
  var timers: SocketTimers { get }

  /// What the detector promises to say of a fault: each thing at its latest moment. Nothing is an answer too: an empty
  /// list.
  func promise(_ circumstances: Circumstances) -> [PromisedEvidence]
}

extension [any Detector] {
  /// What all of them do to a socket's timers, beside what the app sets.
  func timers(beside app: SocketTimers = SocketTimers()) -> SocketTimers {
    reduce(app) { timers, detector in
      (detector as? any ExplainableDetector).map { timers.merging($0.timers) } ?? timers
    }
  }
}
