import ReconnectingClient
import Testing

/// Exponential back-off with full jitter.
struct BackoffTests {
  private let cap = Duration.seconds(1)

  @Test func waitsAreSpreadEvenlyUpToADoublingLimit() {
    var generator = SystemRandomNumberGenerator()
    for attempt in 0..<12 {
      let longest = min(Duration.milliseconds(10) * (1 << attempt), cap)
      var thirds = [0, 0, 0]
      for _ in 0..<3000 {
        var backoff = Backoff(base: .milliseconds(10), cap: cap)
        for _ in 0..<attempt { _ = backoff.next(using: &generator) }
        let wait = backoff.next(using: &generator)
        #expect(wait >= .zero && wait <= longest)
        thirds[min(2, Int(wait / longest * 3))] += 1
      }
      // A third each, give or take eight standard deviations of 26.
      #expect(thirds.allSatisfy { abs($0 - 1000) < 208 }, "attempt \(attempt): \(thirds)")
    }
  }

  @Test func itStaysBoundedForEverAndBeginsAnew() {
    var backoff = Backoff(base: .milliseconds(10), cap: cap)
    for _ in 0..<10_000 { #expect(backoff.next() <= cap) }
    backoff.reset()
    #expect(backoff.next() <= .milliseconds(10))
  }
}
