/// The least interval between pings that the servers of a protocol bear.
public struct LeastPingInterval: Hashable, Sendable {
  /// The least interval; zero if no server is known to mind.
  public let interval: Duration
  /// The number of pings after which a server ends the connection; `nil` for any number.
  public let pingsPerConnection: Int?
  /// What a server with its defaults does with more; one clause, from "a" or "nginx" on.
  public let consequence: String
  /// The source: a standard, or the documentation of a server.
  public let rule: String

  /// From its parts, each described at its property.
  public init(
    _ interval: Duration, pingsPerConnection: Int? = nil, consequence: String, rule: String
  ) {
    self.interval = interval
    self.pingsPerConnection = pingsPerConnection
    self.consequence = consequence
    self.rule = rule
  }

  /// gRPC, which Flatline does not speak: for an app that pings its own stream.
  public static let grpc = LeastPingInterval(
    .seconds(300),
    consequence:
      "a gRPC server with its defaults closes (too_many_pings) what pings more often than each 5m, without "
      + "a call 2h",
    rule: "gRPC proposal A8, Server Enforcement; RFC 9113, 7 (ENHANCE_YOUR_CALM)")
}
