/// The properties of one direction of a path. The default is a perfect wire.
public struct PathConditions: Sendable, Hashable {
  /// The transit time of each packet.
  public var delay: Duration
  /// Each packet's delay is drawn uniformly from `delay - jitter ... delay + jitter`, never below zero. Packets keep
  /// their order: one that would overtake waits for its predecessor, as in a queue.
  public var jitter: Duration
  /// Packets lost by chance.
  public var loss: Loss
  /// The share of packets, 0 to 1, that are held back by `reorderingDelay` while later packets pass them.
  public var reordering: Double
  /// The additional delay of a reordered packet.
  public var reorderingDelay: Duration
  /// The share of packets, 0 to 1, that arrive twice.
  public var duplication: Double
  /// Bits a second, counted from the IP header on; `nil` for the machine's full speed.
  public var rate: Int?
  /// The most bytes that wait for the rate or in a stall; later packets are lost.
  public var queueLimit: Int
  /// Every packet vanishes.
  public var blackhole: Bool
  /// The longest packet that passes, in bytes from the IP header on; `nil` for every length. A longer one vanishes without
  /// an ICMP message, as behind a router whose "fragmentation needed" is filtered (RFC 2923, 2.1).
  public var longestPacket: Int?

  /// From its parts, each described at its property.
  public init(
    delay: Duration = .zero, jitter: Duration = .zero, loss: Loss = .none, reordering: Double = 0,
    reorderingDelay: Duration = .milliseconds(10), duplication: Double = 0, rate: Int? = nil,
    queueLimit: Int = 256 * 1024, blackhole: Bool = false, longestPacket: Int? = nil
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
    self.longestPacket = longestPacket
  }

  /// No delay, no loss, no limit.
  public static let perfect = PathConditions()
}

extension PathConditions {
  /// The error in these conditions, in one line.
  var problem: String? {
    let shares = [("reordering", reordering), ("duplication", duplication)] + loss.shares
    for (name, share) in shares where !(0...1).contains(share) {
      return "\(name) is a share from 0 to 1, not \(share)"
    }
    for (name, duration) in [("delay", delay), ("jitter", jitter), ("reorderingDelay", reorderingDelay)] {
      if duration < .zero || duration > .seconds(3600) {
        return "\(name) is from 0 s to 1 h, not \(duration)"
      }
    }
    if let rate, rate < 1 { return "rate is at least 1 bit a second, not \(rate)" }
    if queueLimit < 0 { return "queueLimit is at least 0 bytes, not \(queueLimit)" }
    if let longestPacket, longestPacket < 0 {
      return "longestPacket is at least 0 bytes, not \(longestPacket)"
    }
    if let n = loss.period, n < 1 { return "a periodic loss takes every n-th packet, n at least 1, not \(n)" }
    return nil
  }
}
