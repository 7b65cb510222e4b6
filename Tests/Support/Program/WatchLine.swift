import Foundation

/// A line of `flatline watch --json`.
public struct WatchLine: Decodable, Sendable {
  public enum FactValue: Decodable, Equatable, Sendable {
    case number(Double)
    case text(String)

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  /// One step of a verdict's trail.
  public struct Step: Decodable, Sendable {
    public let beforeMs: Double
    public let detector: String
    public let leaning: String
    public let layer: String
    public var cause: String?
    public let conclusive: Bool
    public let decided: Bool
  }

  public let event: String
  public let atNs: Int64
  public let elapsedMs: Double
  public var address: String?
  public var policy: String?
  public var detector: String?
  public var leaning: String?
  public var layer: String?
  public var cause: String?
  public var conclusive: Bool?
  public var facts: [String: FactValue]?
  public var verdict: String?
  public var previous: String?
  public var orderly: Bool?
  public var decidedBy: [String]?
  public var trail: [Step]?
  public var trailOmitted: Int?
  public var reason: String?
  public var exitStatus: Int32?

  public static func all(_ output: [String]) throws -> [WatchLine] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try output.map { try decoder.decode(WatchLine.self, from: Data($0.utf8)) }
  }
}
