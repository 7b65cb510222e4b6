import FlatlineCore
import Testing

@testable import FlatlineLab

/// What one direction of the path decides, under a virtual clock.
struct WireTests {
  private static let millisecond: UInt64 = 1_000_000

  private func wire(seed: UInt64 = 1, _ conditions: PathConditions) -> Wire {
    var wire = Wire(.toServer, seed: seed)
    wire.set(conditions)
    return wire
  }

  /// When each of `count` packets, a millisecond apart, leaves after its arrival; `nil` for lost ones.
  private func fates(_ wire: inout Wire, _ count: Int, length: Int = 1000) -> [UInt64?] {
    (0..<count).map { index in
      let arrival = UInt64(index) * WireTests.millisecond
      switch wire.decide(length: length, isPureACK: false, arrival: arrival, waiting: 0) {
      case .lost: return nil
      case .delivered(let moments): return moments[0] - arrival
      }
    }
  }

  @Test func perfectWireDeliversAtOnce() {
    var wire = wire(.perfect)
    #expect(fates(&wire, 100) == [UInt64?](repeating: 0, count: 100))
  }

  @Test func longPacketsVanish() {
    var wire = wire(PathConditions(longestPacket: 1280))
    #expect(fates(&wire, 3, length: 1280) == [0, 0, 0])
    #expect(fates(&wire, 3, length: 1281) == [nil, nil, nil])
    #expect(wire.counts.discarded == 3)
    #expect(PathConditions(longestPacket: -1).problem != nil)
  }

  @Test func delayIsExact() {
    var wire = wire(PathConditions(delay: .milliseconds(40)))
    #expect(fates(&wire, 100) == [UInt64?](repeating: 40 * WireTests.millisecond, count: 100))
  }

  @Test func jitterIsEvenAndWithinItsBounds() {
    // Spaced wider than the jitter, so that no packet waits for another.
    var wire = wire(PathConditions(delay: .milliseconds(2), jitter: .microseconds(400)))
    let delays = fates(&wire, 20_000).compactMap { $0 }.map { Double($0) / 1e6 }
    #expect(delays.allSatisfy { (1.6...2.4).contains($0) })
    let mean = delays.reduce(0, +) / Double(delays.count)
    let deviation = (delays.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(delays.count))
      .squareRoot()
    #expect(abs(mean - 2) < 0.01)
    // An even spread of ±j has the deviation j / √3.
    #expect(abs(deviation - 0.4 / 3.0.squareRoot()) < 0.005)
  }

  @Test func jitterKeepsTheOrder() {
    var wire = wire(PathConditions(delay: .milliseconds(50), jitter: .milliseconds(50)))
    let delays = fates(&wire, 1000)
    let departures = delays.enumerated().map { UInt64($0) * WireTests.millisecond + ($1 ?? 0) }
    #expect(departures == departures.sorted())
  }

  @Test(arguments: [0.01, 0.1, 0.3])
  func randomLossComesOutAsAsked(_ share: Double) {
    var wire = wire(PathConditions(loss: .random(share)))
    let lost = fates(&wire, 200_000).count { $0 == nil }
    #expect(abs(Double(lost) / 200_000 - share) < share * 0.05)
    #expect(wire.counts.lost == lost)
  }

  @Test func burstyLossHasItsMeanAndItsBursts() {
    let model = GilbertElliott(goodToBad: 0.02, badToGood: 0.2)
    var wire = wire(PathConditions(loss: .bursty(model)))
    let fates = fates(&wire, 500_000).map { $0 == nil }
    let lost = fates.count { $0 }
    #expect(abs(Double(lost) / 500_000 - model.meanLoss) < model.meanLoss * 0.05)
    let bursts = zip([false] + fates, fates).count { !$0 && $1 }
    // The mean length of a bad spell is 1 / badToGood.
    #expect(abs(Double(lost) / Double(bursts) - 5) < 0.25)
  }

  @Test func oneSeedLosesTheSamePackets() {
    let conditions = PathConditions(loss: .random(0.2))
    var (first, second, other) = (wire(conditions), wire(conditions), wire(seed: 2, conditions))
    _ = (fates(&first, 1000), fates(&second, 1000), fates(&other, 1000))
    #expect(first.lostPackets == second.lostPackets)
    #expect(first.lostPackets != other.lostPackets)
    #expect(!first.lostPackets.isEmpty)
  }

  /// A packet's fate does not depend on when the packets before it came, or how long they were.
  @Test func chanceIsByNumberAlone() {
    let conditions = PathConditions(
      jitter: .milliseconds(1), loss: .random(0.2), reordering: 0.1, rate: 10_000_000)
    var (first, second) = (wire(conditions), wire(conditions))
    _ = (fates(&first, 1000, length: 100), fates(&second, 1000, length: 900))
    #expect(first.lostPackets == second.lostPackets)
  }

  @Test func rateSpacesPacketsAndItsQueueIsBounded() {
    // 1000 bytes at 1 Mbit/s are 8 ms.
    var wire = wire(PathConditions(rate: 1_000_000, queueLimit: 4000))
    let moments = (0..<10).map { _ in wire.decide(length: 1000, isPureACK: false, arrival: 0, waiting: 0) }
    let sent = [8, 16, 24, 32].map { Wire.Fate.delivered([$0 * WireTests.millisecond]) }
    #expect(moments == sent + [Wire.Fate](repeating: .lost, count: 6))
    #expect(wire.counts.overflowed == 6)
  }

  @Test func reorderedPacketsArePassed() {
    var wire = wire(PathConditions(reordering: 0.1, reorderingDelay: .milliseconds(5)))
    let delays = fates(&wire, 10_000)
    let late = delays.count { $0 == 5 * WireTests.millisecond }
    #expect(abs(Double(late) - 1000) < 100)
    #expect(delays.count { $0 == 0 } == 10_000 - late)
    #expect(wire.counts.reordered == late)
  }

  @Test func duplicatesComeTwice() {
    var wire = wire(PathConditions(duplication: 0.25))
    let twice = (0..<10_000).count { _ in
      wire.decide(length: 100, isPureACK: false, arrival: 7, waiting: 0) == .delivered([7, 7])
    }
    #expect(abs(Double(twice) - 2500) < 125)
  }

  @Test func periodicLossTakesEveryNth() {
    var wire = wire(PathConditions(loss: .every(3)))
    #expect(fates(&wire, 7).map { $0 == nil } == [true, false, false, true, false, false, true])
    wire.set(PathConditions(loss: .everyPureACK(2)))
    let lost = [true, false, true, true].map { isPureACK in
      wire.decide(length: 52, isPureACK: isPureACK, arrival: 0, waiting: 0) == .lost
    }
    #expect(lost == [true, false, false, true])
  }

  @Test func badConditionsAreRefusedInOneLine() {
    let bad: [(PathConditions, String)] = [
      (PathConditions(loss: .random(1.5)), "loss is a share from 0 to 1, not 1.5"),
      (PathConditions(reordering: -0.1), "reordering is a share from 0 to 1, not -0.1"),
      (PathConditions(delay: .seconds(-1)), "delay is from 0 s to 1 h, not -1.0 seconds"),
      (PathConditions(rate: 0), "rate is at least 1 bit a second, not 0"),
      (PathConditions(loss: .every(0)), "a periodic loss takes every n-th packet, n at least 1, not 0"),
      (PathConditions(loss: .random(.nan)), "loss is a share from 0 to 1, not nan"),
    ]
    for (conditions, problem) in bad { #expect(conditions.problem == problem) }
    #expect(PathConditions.perfect.problem == nil)
  }
}
