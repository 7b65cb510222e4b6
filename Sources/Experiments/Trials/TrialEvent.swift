public import Flatline

/// An event on a connection under trial, with its time.
public struct TrialEvent: Hashable, Sendable {
  /// The kinds of event.
  public enum What: Hashable, Sendable {
    /// A detector gave new evidence.
    case evidence(Ballot)
    /// A new verdict of the policy, with its cause and the detectors that decided it.
    case verdict(Verdict, cause: Cause?, decidedBy: [DetectorName])
    /// This ballot speaks for life, after a dead verdict of this cause.
    case mistake(Cause, Ballot)
  }

  /// The event itself.
  public let what: What
  /// Time since the fault; negative before it.
  public var offset: Duration
  /// How much of that time the monitor itself was asleep: its deadlines moved by as much, and so does a promise.
  public var asleep: Duration

  /// From its parts, each described at its property.
  public init(_ what: What, at offset: Duration, asleep: Duration = .zero) {
    self.what = what
    self.offset = offset
    self.asleep = asleep
  }
}

extension TrialEvent {
  /// A monitor's event, relative to the fault.
  public init(_ event: WatchEvent, fault: MonotonicTime) {
    switch event {
    case .evidence(_, let ballot):
      self.init(.evidence(ballot), at: ballot.evidence.time - fault)
    case .verdict(let change):
      self.init(
        .verdict(change.verdict, cause: change.cause, decidedBy: change.decidedBy.map(\.detector)),
        at: change.time - fault)
    case .mistake(let mistake):
      self.init(.mistake(mistake.cause, mistake.ballot), at: mistake.time - fault)
    }
  }

  /// The verdict, if this event is one.
  var verdict: Verdict? {
    if case .verdict(let verdict, _, _) = what { verdict } else { nil }
  }

  /// Whether it speaks for life after a dead verdict.
  var isMistake: Bool {
    if case .mistake = what { true } else { false }
  }
}
