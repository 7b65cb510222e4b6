public import Flatline

/// What was observed in one trial.
public struct TrialResult: Sendable {
  /// How long before the fault the watch began.
  public var quiet: Duration
  /// How long after the fault the watch went on.
  public var length: Duration
  /// How long it took to make the fault: it was in force at most this long after its time.
  public var doubt: Duration
  /// In order of time.
  public var events: [TrialEvent]
  /// Why the trial could not be made.
  public var failure: String?

  /// From its parts, each described at its property.
  public init(
    quiet: Duration, length: Duration, doubt: Duration = .zero, events: [TrialEvent], failure: String? = nil
  ) {
    self.quiet = quiet
    self.length = length
    self.doubt = doubt
    self.events = events
    self.failure = failure
  }

  /// A verdict that ends a connection.
  public struct End: Hashable, Sendable {
    /// Time since the fault.
    public var offset: Duration
    /// How much of that time the monitor itself was asleep.
    public var asleep = Duration.zero
    /// The verdict's cause.
    public var cause: Cause
    /// The detectors whose ballots decided.
    public var decidedBy: [DetectorName]
  }

  /// Every dead verdict.
  public var convictions: [End] {
    events.compactMap { event in
      guard case .verdict(.dead(let cause), _, let deciders) = event.what else { return nil }
      return End(offset: event.offset, asleep: event.asleep, cause: cause, decidedBy: deciders)
    }
  }

  /// The causes of every suspect verdict.
  var suspicions: [Cause] {
    events.compactMap { event in
      guard case .verdict(.suspect, let cause?, _) = event.what else { return nil }
      return cause
    }
  }

  /// How many times evidence of life came after a dead verdict.
  public var contradictions: Int { events.count(where: \.isMistake) }

  /// The event that ended the connection for the policy. A FIN does not end it where the policy says so, but is
  /// reported all the same.
  ///
  /// - Parameter policy: the policy of the trial.
  public func end(of policy: Policy) -> End? {
    if let conviction = convictions.first(where: { $0.offset >= .zero }) { return conviction }
    guard policy.halfClose == .halfClosed else { return nil }
    return events.lazy.compactMap { event -> End? in
      guard case .verdict(.halfClosed, let cause, let deciders) = event.what, event.offset >= .zero else {
        return nil
      }
      return End(offset: event.offset, asleep: event.asleep, cause: cause ?? .peerClosed, decidedBy: deciders)
    }.first
  }

  /// Time from the fault to the first suspect or dead verdict.
  public var suspectAfter: Duration? { firstDoubt?.offset }

  /// How much of that time the monitor itself was asleep.
  var asleepUntilSuspect: Duration { firstDoubt?.asleep ?? .zero }

  /// The first suspicion after the fault, and its cause.
  var suspicion: (offset: Duration, cause: Cause?)? {
    guard let event = firstDoubt, case .verdict(_, let cause, _) = event.what else { return nil }
    return (event.offset, cause)
  }

  /// Whether the peer was already suspect or dead at the time of the fault.
  var wasDoubted: Bool { verdictBefore.map { $0.verdict != .alive } ?? false }

  /// The verdict at the time of the fault, if there was any change before.
  private var verdictBefore: TrialEvent? {
    events.last { $0.offset < .zero && $0.verdict != nil }
  }

  /// A suspicion from before the fault counts at the fault's time.
  private var firstDoubt: TrialEvent? {
    if let standing = verdictBefore, standing.verdict != .alive {
      return TrialEvent(standing.what, at: .zero)
    }
    return events.first { $0.offset >= .zero && ($0.verdict?.gravity ?? 0) > 0 }
  }
}
