/// What wakes a detector.
public struct Signal: Hashable, Sendable, BitwiseCopyable {
  /// What happened.
  public enum Event: Hashable, Sendable, BitwiseCopyable {
    /// epoll reported these bits.
    case readiness(Readiness)
    /// A moment the detector asked for has come.
    case deadline
    /// The owner of the stream saw this many bytes from the peer.
    case received(bytes: Int)
    /// A policy wants the detector's opinion now.
    case challenge
    /// The monitor itself slept this long when it should have run; nobody is to blame for that time.
    case clockStall(Duration)
    /// The detector's shared source has news of the connection; what the number means is theirs alone.
    case source(UInt64)
  }

  /// What happened.
  public let event: Event
  /// The monitor's time, read once for a batch of signals.
  public let now: MonotonicTime

  /// Whether epoll reported an error; `nil` for a signal that is not from epoll.
  public var reportsError: Bool? {
    if case .readiness(let bits) = event { bits.contains(.error) } else { nil }
  }

  /// From its parts, each described at its property.
  public init(_ event: Event, now: MonotonicTime) {
    self.event = event
    self.now = now
  }
}
