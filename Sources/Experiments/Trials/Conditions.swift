/// The path's properties without a fault.
public struct Conditions: Hashable, Sendable {
  /// The round trip that the path adds.
  public var roundTrip: Duration
  /// The largest difference of a packet's delay from the usual.
  public var jitter: Duration
  /// The share of packets lost, each way, from 0 to 1.
  public var loss: Double
  /// Bits a second, each way; `nil` for as fast as the machine.
  public var rate: Int?

  /// From its parts, each described at its property.
  public init(roundTrip: Duration = .zero, jitter: Duration = .zero, loss: Double = 0, rate: Int? = nil) {
    self.roundTrip = roundTrip
    self.jitter = jitter
    self.loss = loss
    self.rate = rate
  }
}
