/// What one contender costs while nothing happens, above the bare sockets.
struct IdleResult: Codable, Sendable {
  let contender: ContenderName
  let connections: Int
  /// Memory written and kept, everything told: also what does not grow with connections.
  let bytesEach: Double
  /// Growth of the resident set: also code that came in on first use.
  let residentBytesEach: Double
  /// The part that the first connection brought.
  let fixedBytes: Int
  /// User and system time, percent of one core.
  let processorPercent: Double
  let wakeUpsPerSecond: Double

  static func table(_ results: [IdleResult]) -> Table {
    let connections = results.first?.connections ?? 0
    var table = Table(
      "\(connections) idle connections, above bare sockets",
      ["", "bytes each", "resident each", "fixed kB", "CPU %", "wake-ups/s"])
    table.rows = results.map {
      [
        $0.contender.rawValue, Table.number($0.bytesEach), Table.number($0.residentBytesEach),
        Table.number(Double($0.fixedBytes) / 1024), Table.number($0.processorPercent, 2),
        Table.number($0.wakeUpsPerSecond, 1),
      ]
    }
    return table
  }
}
