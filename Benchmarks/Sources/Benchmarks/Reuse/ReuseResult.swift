/// What a pool pays at checkout to ask whether a connection is of use.
struct ReuseResult: Codable, Sendable {
  /// `isReusable`, on a connection that has carried requests.
  let questionNanoseconds: Double
  /// The same on one that has carried none yet.
  let freshNanoseconds: Double
  /// `recv` of one byte with MSG_PEEK | MSG_DONTWAIT.
  let peekNanoseconds: Double
  /// A request and its answer over loopback, by a peer that sends back what it gets, in real time.
  let pingNanoseconds: Double

  /// Of the dearer question.
  var nanoseconds: Double { max(questionNanoseconds, freshNanoseconds) }
  var ratioToPeek: Double { questionNanoseconds / peekNanoseconds }

  static func table(_ result: ReuseResult) -> Table {
    var table = Table("Is a pooled connection reusable? ns each", ["", "ns", "ratio to MSG_PEEK"])
    table.rows = [
      ("isReusable", result.questionNanoseconds), ("isReusable, fresh", result.freshNanoseconds),
      ("recv MSG_PEEK", result.peekNanoseconds), ("ping", result.pingNanoseconds),
    ].map { [$0.0, Table.number($0.1), Table.number($0.1 / result.peekNanoseconds, 2)] }
    return table
  }
}
