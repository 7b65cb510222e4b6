/// Middle and tail of a set of times.
struct Statistics: Codable, Sendable {
  let median: Double
  let p99: Double
  let rounds: Int

  /// - Parameter samples: at least one.
  init(_ samples: [Double]) {
    let sorted = samples.sorted()
    func quantile(_ part: Double) -> Double {
      sorted.isEmpty ? .nan : sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
    median = quantile(0.5)
    p99 = quantile(0.99)
    rounds = sorted.count
  }
}
