import FlatlineTestKit
import Testing

@testable import FlatlineEstimating

@Suite struct ArrivalStatisticsTests {
  private func statistics(_ samples: [Double], window: UInt32 = 1000) -> ArrivalStatistics {
    var statistics = ArrivalStatistics()
    for sample in samples { statistics.add(sample, window: window) }
    return statistics
  }

  private func near(_ value: Double, _ expected: Double, within tolerance: Double = 1e-12) -> Bool {
    abs(value - expected) <= tolerance * max(1, abs(expected))
  }

  @Test func isSmall() {
    #expect(MemoryLayout<ArrivalStatistics>.size <= 24)
  }

  /// python3 -c 'import numpy as np; x=[.201,.199,.205,.18,.22]; print(np.mean(x), np.var(x))'
  @Test func exactWithinTheWindow() {
    let known = statistics([0.201, 0.199, 0.205, 0.18, 0.22])
    #expect(known.count == 5)
    #expect(near(known.mean, 0.201))
    #expect(near(known.variance, 0.0001644, within: 1e-15))
    #expect(statistics([0.5]).standardDeviation == 0)
  }

  /// python3 -c 'import numpy as np
  /// a=np.array([.2,.3,.1,.5,.4]); w=np.ones(3)/3
  /// for _ in range(2): w=np.append(w*(1-1/3),1/3)
  /// m=(w*a).sum(); print(m, (w*(a-m)**2).sum())'
  @Test func fadesBeyondTheWindow() {
    let known = statistics([0.2, 0.3, 0.1, 0.5, 0.4], window: 3)
    #expect(known.count == 3)
    #expect(near(known.mean, 1.0 / 3))
    #expect(near(known.variance, 0.018518518518518517))
  }

  @Test func matchesExplicitWeightsOnAnySamples() {
    var generator = SeededGenerator(seed: 20)
    for window in [1, 2, 7, 50] {
      let samples = (0..<300).map { _ in Double.random(in: 0.1...0.3, using: &generator) }
      var weights: [Double] = []
      for index in samples.indices {
        if index < window {
          weights = [Double](repeating: 1 / Double(index + 1), count: index + 1)
        } else {
          weights = weights.map { $0 * (1 - 1 / Double(window)) } + [1 / Double(window)]
        }
      }
      let mean = zip(weights, samples).reduce(0) { $0 + $1.0 * $1.1 }
      let variance = zip(weights, samples).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      let known = statistics(samples, window: UInt32(window))
      #expect(near(known.mean, mean))
      #expect(near(known.variance, window == 1 ? 0 : variance, within: 1e-10))
    }
  }

  @Test func followsAChange() {
    let known = statistics(
      [Double](repeating: 0.2, count: 500) + [Double](repeating: 1, count: 500), window: 50)
    #expect(near(known.mean, 1, within: 1e-4))
    #expect(known.standardDeviation < 0.01)
  }

  @Test func leavesOutWhatIsNoTime() {
    let samples: [Double] = [0.2, .nan, .infinity, -.infinity, 1e300, 0.4]
    #expect(statistics(samples) == statistics([0.2, 0.4]))
    #expect(statistics([0.2, 0.4], window: 0).count == 1)
  }
}
