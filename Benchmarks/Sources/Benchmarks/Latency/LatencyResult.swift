/// How soon one contender told of an end.
struct LatencyResult: Codable, Sendable {
  let contender: ContenderName
  let end: LatencyTest.End
  let microseconds: Statistics
  /// The median over that of the bare C loop in the same run.
  private(set) var ratioToC: Double?

  init(contender: ContenderName, end: LatencyTest.End, samples: [Double]) {
    self.contender = contender
    self.end = end
    microseconds = Statistics(samples)
  }

  /// Fills the ratios in.
  static func compare(_ results: [LatencyResult]) -> [LatencyResult] {
    let yardstick = results.first { $0.contender == .c }?.microseconds.median
    return results.map { result in
      var result = result
      result.ratioToC = yardstick.map { result.microseconds.median / $0 }
      return result
    }
  }

  static func table(_ results: [LatencyResult], _ end: LatencyTest.End) -> Table {
    let rounds = results.first?.microseconds.rounds ?? 0
    var table = Table(
      "\(end.rawValue.uppercased()) to callback, µs, \(rounds) rounds", ["", "median", "p99", "ratio to C"])
    table.rows = results.map {
      [
        $0.contender.rawValue, Table.number($0.microseconds.median, 1), Table.number($0.microseconds.p99, 1),
        Table.number($0.ratioToC, 2),
      ]
    }
    return table
  }
}
