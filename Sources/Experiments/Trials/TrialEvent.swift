public import Flatline

/// Something that happened on a connection under trial, and when.
public struct TrialEvent: Hashable, Sendable {
  /// What may happen.
  public enum What: Hashable, Sendable {
    /// A detector changed its mind.
    case evidence(Ballot)
    /// The policy came to another verdict, for this cause, decided by these detectors.
    case verdict(Verdict, cause: Cause?, decidedBy: [DetectorName])
    /// This ballot speaks for life, after a death of this cause.
    case mistake(Cause, Ballot)
  }

  /// What happened.
  public let what: What
  /// From the fault on; negative before it.
  public var offset: Duration
  /// For how long of that the monitor was itself asleep: its deadlines moved by as much, and so does a promise.
  public var asleep: Duration

  /// From its parts, each described at its property.
  public init(_ what: What, at offset: Duration, asleep: Duration = .zero) {
    self.what = what
    self.offset = offset
    self.asleep = asleep
  }
}

extension TrialEvent {
  /// What a monitor told, relative to the fault.
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

  /// The verdict, if it is one.
  var verdict: Verdict? {
    if case .verdict(let verdict, _, _) = what { verdict } else { nil }
  }

  /// Whether it speaks for life after a death.
  var isMistake: Bool {
    if case .mistake = what { true } else { false }
  }
}
