/// What trouble of a living connection a policy promises to survive for a minute, or what trouble a network gives.
public struct Endurance: Hashable, Sendable {
  /// The share of packets lost, each independently, in each direction that loses.
  public var loss: Double
  /// How many packets in a row are lost on average where they are lost: 1 where each is by itself.
  public var burst: Int
  /// Whether one direction loses only.
  public var isOneWay: Bool
  /// How long at a time nothing passes, then everything that waited.
  public var stall: Duration
  /// From the beginning of one such stall to that of the next, at least; zero where there is one alone.
  public var stallPeriod: Duration

  /// From its parts, each described at its property.
  public init(
    loss: Double = 0, burst: Int = 1, isOneWay: Bool = false, stall: Duration = .zero,
    stallPeriod: Duration = .zero
  ) {
    self.loss = loss
    self.burst = burst
    self.isOneWay = isOneWay
    self.stall = stall
    self.stallPeriod = stallPeriod
  }

  /// Whether who survives this survives `trouble` too.
  ///
  /// - Parameter trouble: what a network gives.
  public func covers(_ trouble: Endurance) -> Bool {
    guard trouble.stall <= stall, trouble.burst <= burst else { return false }
    guard trouble.loss > 0 else { return true }
    guard isOneWay, !trouble.isOneWay else { return trouble.loss <= loss }
    // A packet and its answer both pass with the probability (1 − p)², so that a loss both ways asks as much as
    // the loss 1 − (1 − p)² one way.
    return 1 - (1 - trouble.loss) * (1 - trouble.loss) <= loss
  }
}
