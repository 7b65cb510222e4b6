/// Everything a run measured.
struct Report: Codable, Sendable {
  var latency: [LatencyResult] = []
  var idle: [IdleResult] = []
  var sampling: [SamplingResult] = []
  var reuse: ReuseResult?

  /// Of a bare C loop that does the same job: an event accuses, TCP_INFO answers, and both are put to the vote.
  static let mostRatio = 2.0
  static let mostBytes = 256.0
  /// Of a question whether a connection is reusable, in nanoseconds.
  static let mostForAQuestion = 2500.0

  /// A line for each target that Flatline missed.
  var misses: [String] {
    var misses: [String] = []
    for result in latency where result.contender.isFlatline {
      guard let ratio = result.ratioToC, ratio > Report.mostRatio else { continue }
      misses.append(
        "\(result.contender.rawValue): \(result.end.rawValue) took \(Table.number(ratio, 2)) times "
          + "as long as C; at most \(Table.number(Report.mostRatio, 2)) is allowed")
    }
    for result in idle where result.contender.isFlatline && result.bytesEach > Report.mostBytes {
      misses.append(
        "\(result.contender.rawValue): \(Table.number(result.bytesEach)) bytes a connection; "
          + "at most \(Table.number(Report.mostBytes)) are allowed")
    }
    if let reuse, reuse.nanoseconds > Report.mostForAQuestion {
      misses.append(
        "isReusable: \(Table.number(reuse.nanoseconds)) ns; at most \(Table.number(Report.mostForAQuestion)) are allowed"
      )
    }
    return misses
  }
}
