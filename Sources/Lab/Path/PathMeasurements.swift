/// The packet counts of one direction of a path.
public struct PathCounts: Sendable, Hashable {
  /// IP packets that came in.
  public var received = 0
  /// IP packets that went out, duplicates included.
  public var delivered = 0
  /// Lost by chance (``PathConditions/loss``).
  public var lost = 0
  /// Lost because the queue was full.
  public var overflowed = 0
  /// Lost to a blackhole, their length (``PathConditions/longestPacket``), a refusal, a pulled cable or a forgotten flow.
  public var discarded = 0
  /// Lost because the forwarder itself was too slow: measurements from that time are in doubt. Not counted as received.
  public var overrun = 0
  /// Delivered twice.
  public var duplicated = 0
  /// Held back so that later packets passed them.
  public var reordered = 0

  /// Nothing counted yet.
  public init() {}
}

/// The forwarder's own delay: the time by which packets leave later than asked, from the kernel's time stamp at their
/// arrival until they are passed to the kernel again.
public struct ForwarderDelay: Sendable, Hashable {
  /// Packets measured: the latest 65,536 at most.
  public var count: Int
  /// Half of the packets waited no longer.
  public var median: Duration
  /// One packet in a hundred waited longer.
  public var percentile99: Duration
  /// None waited longer.
  public var maximum: Duration

  /// From its parts, each described at its property.
  public init(count: Int, median: Duration, percentile99: Duration, maximum: Duration) {
    self.count = count
    self.median = median
    self.percentile99 = percentile99
    self.maximum = maximum
  }
}
