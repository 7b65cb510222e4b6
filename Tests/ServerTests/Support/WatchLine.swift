import FlatlineTestSupport
import Foundation

/// A line of `flatline watch --json`.
struct WatchLine: Decodable {
  enum FactValue: Decodable, Equatable {
    case number(Double)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  let event: String
  let atNs: Int64
  let elapsedMs: Double
  var address: String?
  var policy: String?
  var detector: String?
  var leaning: String?
  var layer: String?
  var cause: String?
  var conclusive: Bool?
  var facts: [String: FactValue]?
  var verdict: String?
  var previous: String?
  var decidedBy: [String]?
  var reason: String?
  var exitStatus: Int32?

  static func all(_ output: [String]) throws -> [WatchLine] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try output.map { try decoder.decode(WatchLine.self, from: Data($0.utf8)) }
  }
}
