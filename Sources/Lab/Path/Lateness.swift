/// How late frames left, for the most recent frames.
struct Lateness {
  private static let room = 65_536
  private var ring: [UInt32] = []
  private var next = 0

  mutating func note(_ nanoseconds: UInt64) {
    let value = UInt32(clamping: nanoseconds)
    if ring.count < Lateness.room {
      ring.append(value)
    } else {
      ring[next] = value
      next = (next + 1) % Lateness.room
    }
  }

  mutating func clear() {
    ring = []
    next = 0
  }

  var summary: ForwarderDelay? {
    let sorted = ring.sorted()
    guard let last = sorted.last else { return nil }
    func quantile(_ share: Double) -> Duration {
      .nanoseconds(Int64(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]))
    }
    return ForwarderDelay(
      count: sorted.count, median: quantile(0.5), percentile99: quantile(0.99),
      maximum: .nanoseconds(Int64(last)))
  }
}
