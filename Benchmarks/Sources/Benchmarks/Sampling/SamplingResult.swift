/// What it costs to read TCP_INFO of many connections, each way, and where the two ways meet.
struct SamplingResult: Codable, Sendable {
  let connections: Int
  /// TCP_INFO and SO_COOKIE of one socket, by getsockopt.
  let callNanoseconds: Double
  /// One socket in a dump of sock_diag(7), decoded and filed by its cookie.
  let entryNanoseconds: Double
  /// A dump that brings nothing: the walk over the kernel's table.
  let walkNanoseconds: Double

  /// The share of the dumped sockets that must be wanted for a dump to be the cheaper way, were the walk free.
  var share: Double { entryNanoseconds / callNanoseconds }
  /// How many more the walk adds to that.
  var extra: Double { walkNanoseconds / callNanoseconds }

  static func table(_ results: [SamplingResult]) -> Table {
    var table = Table(
      "TCP_INFO of many connections",
      ["", "call ns each", "dump ns each", "walk µs", "dump pays from"])
    table.rows = results.map {
      [
        "\($0.connections)", Table.number($0.callNanoseconds), Table.number($0.entryNanoseconds),
        Table.number($0.walkNanoseconds / 1000),
        "\(Table.number($0.share * 100))% + \(Table.number($0.extra))",
      ]
    }
    return table
  }
}
