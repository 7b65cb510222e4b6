/// What one direction of a path does to its packets. The default is a perfect wire.
public struct PathConditions: Sendable, Hashable {
  /// How long each packet is on its way.
  public var delay: Duration
  /// Each packet's delay is drawn evenly from `delay - jitter ... delay + jitter`, never below zero. Packets keep
  /// their order: one that would overtake waits for its predecessor, as in a queue.
  public var jitter: Duration
  /// Packets lost by chance.
  public var loss: Loss
  /// The share of packets, 0 to 1, that are held back by `reorderingDelay` while those behind pass them.
  public var reordering: Double
  /// How much later a reordered packet comes.
  public var reorderingDelay: Duration
  /// The share of packets, 0 to 1, that come twice.
  public var duplication: Double
  /// Bits a second, counted from the IP header on; `nil` is as fast as the machine.
  public var rate: Int?
  /// Bytes that wait for the rate or in a stall, at most; later packets are lost.
  public var queueLimit: Int
  /// Every packet vanishes.
  public var blackhole: Bool

  public init(
    delay: Duration = .zero, jitter: Duration = .zero, loss: Loss = .none, reordering: Double = 0,
    reorderingDelay: Duration = .milliseconds(10), duplication: Double = 0, rate: Int? = nil,
    queueLimit: Int = 256 * 1024, blackhole: Bool = false
  ) {
    self.delay = delay
    self.jitter = jitter
    self.loss = loss
    self.reordering = reordering
    self.reorderingDelay = reorderingDelay
    self.duplication = duplication
    self.rate = rate
    self.queueLimit = queueLimit
    self.blackhole = blackhole
  }

  public static let perfect = PathConditions()
}
