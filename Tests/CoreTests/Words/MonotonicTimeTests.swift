import FlatlineCore
import FlatlineTestKit
import Testing

struct MonotonicTimeTests {
  private let zero = MonotonicTime(nanoseconds: 0)

  @Test func arithmeticSaturates() {
    let farthest = Duration.seconds(Int64.max)
    #expect(MonotonicTime.never + .nanoseconds(1) == .never)
    #expect(MonotonicTime(nanoseconds: .max - 5) + .seconds(1) == .never)
    #expect(zero - .seconds(1) == zero)
    #expect(zero + .seconds(-1) == zero)
    #expect(zero + farthest < .never)
    #expect(zero + farthest == zero + .seconds(4_611_686_018))
    #expect(zero - .seconds(Int64.min) == zero + farthest)
    #expect(zero + .seconds(Int64.min) == zero)
    #expect(MonotonicTime.never - zero == .nanoseconds(Int64.max))
    #expect(zero - MonotonicTime.never == .nanoseconds(-Int64.max))
  }

  @Test func agreesWithWholeNumbersWhereItDoesNotSaturate() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<2000 {
      let start = UInt64.random(in: 1 << 40...1 << 60, using: &random)
      let offset = Int64.random(in: -(1 << 39)...1 << 39, using: &random)
      let time = MonotonicTime(nanoseconds: start)
      let later = time + .nanoseconds(offset)
      #expect(later.nanoseconds == UInt64(Int64(start) + offset))
      #expect(later - time == .nanoseconds(offset))
      #expect(later - .nanoseconds(offset) == time)
    }
  }

  @Test func roundsUpToAGrid() {
    let grid = Duration.milliseconds(10)
    func rounded(_ nanoseconds: UInt64) -> UInt64 {
      MonotonicTime(nanoseconds: nanoseconds).roundedUp(toMultipleOf: grid).nanoseconds
    }
    #expect(rounded(0) == 0)
    #expect(rounded(1) == 10_000_000)
    #expect(rounded(10_000_000) == 10_000_000)
    #expect(rounded(10_000_001) == 20_000_000)
    #expect(rounded(.max - 1) == .max)
    #expect(zero.roundedUp(toMultipleOf: .zero) == zero)
  }

  @Test func theClockRuns() {
    let first = MonotonicTime.now()
    #expect(first > zero)
    #expect(MonotonicTime.now() >= first)
  }

  @Test func durationsAreClamped() {
    #expect(Duration.seconds(Int64.max).clampedNanoseconds == 4_611_686_018_000_000_000)
    #expect(Duration.seconds(Int64.min).clampedNanoseconds == -4_611_686_018_000_000_000)
    #expect(Duration.nanoseconds(-1_500_000_000).clampedNanoseconds == -1_500_000_000)
    #expect(Duration.milliseconds(1500).secondsValue == 1.5)
    #expect(Duration.microseconds(1500).milliseconds == 1.5)
  }
}
