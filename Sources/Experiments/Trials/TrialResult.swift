public import Flatline

/// What was observed in one trial.
public struct TrialResult: Sendable {
  /// How long before the fault the watch began.
  public var quiet: Duration
  /// How long after the fault the watch went on.
  public var length: Duration
  /// How long the fault took to be made: it was in force at the latest so long after its time.
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
    /// From the fault on.
    public var offset: Duration
    /// For how long of that the monitor was itself asleep.
    public var asleep = Duration.zero
    /// Why, as the verdict says.
    public var cause: Cause
    /// Whose ballots decided.
    public var decidedBy: [DetectorName]
  }

  /// Every verdict that called the peer dead.
  public var convictions: [End] {
    events.compactMap { event in
      guard case .verdict(.dead(let cause), _, let deciders) = event.what else { return nil }
      return End(offset: event.offset, asleep: event.asleep, cause: cause, decidedBy: deciders)
    }
  }

  /// How often something spoke for life after the peer was called dead.
  public var contradictions: Int { events.count(where: \.isMistake) }

  /// What ended the connection in the eyes of the policy; a FIN does not end it where the policy says so, and is
  /// told all the same.
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

  /// When the policy first suspected or knew after the fault.
  public var suspectAfter: Duration? { firstDoubt?.offset }

  /// For how long of that the monitor was itself asleep.
  var asleepUntilSuspect: Duration { firstDoubt?.asleep ?? .zero }

  /// The first suspicion after the fault, and its cause.
  var suspicion: (offset: Duration, cause: Cause?)? {
    guard let event = firstDoubt, case .verdict(_, let cause, _) = event.what else { return nil }
    return (event.offset, cause)
  }

  /// Whether the peer was doubted already when the fault came.
  var wasDoubted: Bool { verdictBefore.map { $0.verdict != .alive } ?? false }

  /// The verdict that stood when the fault came, if there was any change.
  private var verdictBefore: TrialEvent? {
    events.last { $0.offset < .zero && $0.verdict != nil }
  }

  /// A doubt that stood already when the fault came is at its time.
  private var firstDoubt: TrialEvent? {
    if let standing = verdictBefore, standing.verdict != .alive {
      return TrialEvent(standing.what, at: .zero)
    }
    return events.first { $0.offset >= .zero && ($0.verdict?.gravity ?? 0) > 0 }
  }
}
