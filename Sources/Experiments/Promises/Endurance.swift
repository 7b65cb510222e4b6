/// Trouble of a living connection: as a policy promises to survive it for a minute, or as a network gives it.
public struct Endurance: Hashable, Sendable {
  /// What keeps a living connection from being asked, or from answering.
  public enum Hindrance: String, Hashable, Sendable, CaseIterable {
    /// Our own program does not read.
    case backPressure = "back-pressure"
    /// The server's program has not taken the connection yet.
    case acceptQueue = "accept-queue-full"
    /// Our stream has no place for a ping.
    case busyStream = "busy-stream"
  }

  /// What keeps the connection from being asked, or from answering.
  public var hindrances: Set<Hindrance> = []
  /// The share of packets lost, each independently, in each direction that has loss.
  public var loss: Double
  /// The mean number of packets lost in a row: 1 for independent losses.
  public var burst: Int
  /// Whether only one direction has loss.
  public var isOneWay: Bool
  /// The length of a stall: nothing passes, then all waiting packets pass.
  public var stall: Duration
  /// The least time from the beginning of one stall to that of the next; zero for a single stall.
  public var stallPeriod: Duration
  /// How long the peer's program pauses while its kernel answers for it.
  public var programPause: Duration

  /// From its parts, each described at its property.
  public init(
    loss: Double = 0, burst: Int = 1, isOneWay: Bool = false, stall: Duration = .zero,
    stallPeriod: Duration = .zero, programPause: Duration = .zero
  ) {
    self.loss = loss
    self.burst = burst
    self.isOneWay = isOneWay
    self.stall = stall
    self.stallPeriod = stallPeriod
    self.programPause = programPause
  }

  /// Whether a connection that survives this survives `trouble` too.
  ///
  /// - Parameter trouble: the trouble that a network gives.
  public func covers(_ trouble: Endurance) -> Bool {
    guard trouble.stall <= stall, trouble.burst <= burst, trouble.programPause <= programPause else {
      return false
    }
    guard trouble.hindrances.isSubset(of: hindrances) else { return false }
    guard trouble.loss > 0 else { return true }
    guard isOneWay, !trouble.isOneWay else { return trouble.loss <= loss }
    // A packet and its answer both pass with the probability (1 − p)². A loss both ways is therefore as hard as the
    // loss 1 − (1 − p)² one way.
    return 1 - (1 - trouble.loss) * (1 - trouble.loss) <= loss
  }

  /// A copy with hindrances.
  ///
  /// - Parameter hindrances: what keeps the connection from being asked, or from answering.
  public func with(_ hindrances: Set<Hindrance>) -> Endurance {
    var copy = self
    copy.hindrances = hindrances
    return copy
  }
}
