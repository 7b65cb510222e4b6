import FlatlineTestKit
import Testing

@testable import FlatlineEstimating

@Suite struct EstimatorTests {
  private let everyKind: [Estimator] = [
    .fixed(misses: 3), .chen(margin: .milliseconds(150)),
    .phiNormal(threshold: 8, minimumDeviation: .milliseconds(20)), .phiExponential(threshold: 2),
  ]

  /// Answers to pings 1... of a schedule with the period 0.2 s, each late by the jitter given.
  private func silence(_ estimator: Estimator, jitter: [Double], window: UInt32 = 1000) -> Estimator.Silence {
    var silence = Estimator.Silence(lastHeard: 0, sequence: 0, interval: 0.2, statistics: ArrivalStatistics())
    var previous: Double?
    for (index, late) in jitter.enumerated() {
      let time = 0.2 * Double(index + 1) + late
      let arrival = Estimator.Arrival(
        time: time, previous: previous, sequence: UInt64(index + 1), interval: 0.2)
      estimator.record(arrival, into: &silence.statistics, window: window)
      (silence.lastHeard, silence.sequence, previous) = (time, arrival.sequence, time)
    }
    return silence
  }

  private func near(_ value: Double, _ expected: Double) -> Bool { abs(value - expected) < 1e-9 }

  @Test func fixedCountsWholePeriods() {
    let silence = silence(.fixed(misses: 3), jitter: [0.01, 0.05])
    let estimator = Estimator.fixed(misses: 3)
    #expect(near(estimator.suspicionDeadline(silence), 0.45 + 0.6))
    #expect(estimator.level(at: 0.45 + 0.39, silence) == 1)
    #expect(estimator.level(at: 0.45 + 0.41, silence) == 2)
    #expect(estimator.level(at: 0, silence) == 0)
    #expect(near(Estimator.fixed(misses: -5).suspicionDeadline(silence), 0.45 + 0.2))
  }

  @Test func chenIsExactForConstantJitter() {
    let estimator = Estimator.chen(margin: .milliseconds(150))
    for count in [2, 10, 5000] {
      let silence = silence(estimator, jitter: [Double](repeating: 0.03, count: count))
      let due = 0.2 * Double(count + 1) + 0.03
      #expect(near(estimator.suspicionDeadline(silence), due + 0.15))
      #expect(near(estimator.level(at: due + 0.15, silence), 1))
      #expect(estimator.level(at: due, silence) < 1e-6)
    }
  }

  /// With jitters of 0, 20, 40 and 20 ms the schedule is 20 ms behind: EA(5) = 1.02 s.
  @Test func chenTakesTheMeanOfTheOffsets() {
    let estimator = Estimator.chen(margin: .milliseconds(150))
    #expect(near(estimator.suspicionDeadline(silence(estimator, jitter: [0, 0.02, 0.04, 0.02])), 1.17))
    // A late answer does not put off the next one's time.
    #expect(near(estimator.suspicionDeadline(silence(estimator, jitter: [0, 0, 0, 0.08])), 1.02 + 0.15))
  }

  @Test func chenKeepsItsPrecisionForAYear() {
    let estimator = Estimator.chen(margin: .zero)
    var statistics = ArrivalStatistics()
    let first: UInt64 = 157_680_000
    for sequence in first...first + 2000 {
      let time = 0.2 * Double(sequence) + 0.03
      let arrival = Estimator.Arrival(time: time, previous: nil, sequence: sequence, interval: 0.2)
      estimator.record(arrival, into: &statistics)
    }
    #expect(abs(statistics.mean - 0.03) < 1e-8)
    #expect(statistics.standardDeviation < 1e-8)
  }

  @Test func chenCountsOtherLife() {
    let estimator = Estimator.chen(margin: .milliseconds(150))
    var silence = silence(estimator, jitter: [0, 0, 0])
    silence.lastHeard = 5
    #expect(near(estimator.suspicionDeadline(silence), 5.15))
  }

  @Test func littleKnowledgeFallsBackToTheInterval() {
    for estimator in everyKind {
      let unknown = silence(estimator, jitter: [])
      let deadline = estimator.suspicionDeadline(unknown)
      #expect(deadline >= 0.2 && deadline < 1.2, "\(estimator)")
    }
    let chen = Estimator.chen(margin: .milliseconds(150))
    #expect(near(chen.suspicionDeadline(silence(chen, jitter: [0.03])), 0.23 + 0.35))
    // Mean 0.2, deviation 0.05: see NormalPhiTests.knownSilence.
    let normal = Estimator.phiNormal(threshold: 8, minimumDeviation: .milliseconds(20))
    #expect(near(normal.suspicionDeadline(silence(normal, jitter: [])), 0.48060006220873946))
    // python3 -c 'import math; print(2*.2*math.log(10))'
    let exponential = Estimator.phiExponential(threshold: 2)
    #expect(near(exponential.suspicionDeadline(silence(exponential, jitter: [])), 0.9210340371976183))
  }

  /// python3 -c 'import math; print(8*.5*math.log(10), 3/(.5*math.log(10)))'
  @Test func exponentialKnownAnswers() {
    #expect(near(ExponentialPhi.silence(threshold: 8, mean: 0.5), 9.210340371976184))
    #expect(near(ExponentialPhi.level(silence: 3, mean: 0.5), 2.6057668914195107))
    #expect(ExponentialPhi.level(silence: 3, mean: 0).isFinite)
  }

  @Test func levelsNeverFallAndReachTheThresholdAtTheDeadline() {
    var generator = SeededGenerator(seed: 22)
    for estimator in everyKind {
      for _ in 0..<50 {
        let jitter = (0..<40).map { _ in Double.random(in: 0...0.08, using: &generator) }
        let silence = silence(estimator, jitter: jitter, window: 16)
        let deadline = estimator.suspicionDeadline(silence)
        #expect(estimator.level(at: deadline + 1e-9, silence) >= estimator.threshold * (1 - 1e-7))
        var last = 0.0
        for step in 0..<100 {
          let level = estimator.level(at: silence.lastHeard + Double(step) * 0.05, silence)
          #expect(level >= last && level.isFinite)
          last = level
        }
      }
    }
  }

  @Test func regularArrivalsAreSuspectedEarlier() {
    var generator = SeededGenerator(seed: 23)
    let estimator = Estimator.phiNormal(threshold: 8, minimumDeviation: .zero)
    let noise = (0..<400).map { _ in Double.random(in: 0...1, using: &generator) }
    let waits = [0.001, 0.01, 0.05, 0.1].map { scale in
      let silence = silence(estimator, jitter: noise.map { $0 * scale })
      return estimator.suspicionDeadline(silence) - silence.lastHeard
    }
    #expect(waits == waits.sorted())
    #expect(waits.allSatisfy { $0 >= 0.2 })
  }

  @Test func thePeerIsNeverSuspectBeforeItsAnswerIsDue() {
    for estimator in [
      Estimator.phiNormal(threshold: 0, minimumDeviation: .zero), .phiExponential(threshold: 0.01),
    ] {
      let silence = silence(estimator, jitter: [0, 0, 0, 0])
      #expect(near(estimator.suspicionDeadline(silence), silence.lastHeard + 0.2))
    }
  }

  @Test func nonsenseDoesNotBreakIt() {
    let strange: [Estimator] = [
      .fixed(misses: .min), .fixed(misses: .max), .chen(margin: .seconds(-1)),
      .chen(margin: .seconds(Int64.max)),
      .phiNormal(threshold: -1, minimumDeviation: .seconds(-1)), .phiExponential(threshold: -1),
    ]
    for estimator in strange {
      for interval in [0, -1, 1e-30, .infinity, .nan] {
        var statistics = ArrivalStatistics()
        for sequence in [0, 1, UInt64.max] {
          let arrival = Estimator.Arrival(time: 1, previous: 2, sequence: sequence, interval: interval)
          estimator.record(arrival, into: &statistics)
        }
        let silence = Estimator.Silence(
          lastHeard: 1, sequence: .max, interval: interval, statistics: statistics)
        #expect(!estimator.suspicionDeadline(silence).isNaN)
        #expect(!estimator.level(at: 2, silence).isNaN)
      }
    }
  }
}
