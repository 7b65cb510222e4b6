import FlatlineExperiments
import Testing

/// Known answers of the intervals.
struct IntervalTests {
  private func expect(_ interval: ConfidenceInterval, _ lower: Double, _ upper: Double, _ note: Comment) {
    #expect(abs(interval.lower - lower) < 5e-4, note)
    #expect(abs(interval.upper - upper) < 5e-4, note)
  }

  /// Garwood 1936, table 1: 95% limits of a Poisson count.
  @Test(arguments: [(0, 0, 3.6889), (1, 0.0253, 5.5716), (10, 4.7954, 18.3904), (50, 37.1110, 65.9188)])
  func poisson(_ count: Int, _ lower: Double, _ upper: Double) {
    expect(.rate(count, in: 1), lower, upper, "\(count) events")
    expect(.rate(count, in: 10).scaled(by: 10), lower, upper, "\(count) events in ten units")
  }

  /// Clopper and Pearson 1934: 95% limits of a binomial share.
  @Test(arguments: [
    (0, 10, 0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1), (1, 20, 0.0013, 0.2487),
  ])
  func share(_ successes: Int, _ trials: Int, _ lower: Double, _ upper: Double) {
    expect(.share(successes, of: trials), lower, upper, "\(successes) of \(trials)")
  }

  /// Student's t of 4 degrees of freedom is 2.7764, of 1 12.7062.
  @Test func mean() {
    let five = ConfidenceInterval.mean([1, 2, 3, 4, 5])
    #expect(five.estimate == 3)
    expect(five, 3 - 2.77645 * (2.5 / 5).squareRoot(), 3 + 2.77645 * (2.5 / 5).squareRoot(), "five values")
    let two = ConfidenceInterval.mean([1, 3])
    expect(two, 2 - 12.7062, 2 + 12.7062, "two values")
  }

  @Test func whatIsNotMeasuredIsNotBounded() {
    #expect(ConfidenceInterval.mean([]).estimate == nil)
    #expect(ConfidenceInterval.mean([7]).estimate == 7)
    #expect(ConfidenceInterval.mean([7]).upper == .infinity)
    #expect(ConfidenceInterval.rate(0, in: 0).estimate == nil)
    #expect(ConfidenceInterval.share(0, of: 0).upper == 1)
  }
}
