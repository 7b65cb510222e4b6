/// The name of a method of detection, as policies spell it: `epoll`, `tcp-info`, `keepalive`, `heartbeat`.
public struct DetectorName: RawRepresentable, Hashable, Sendable, Comparable {
  public let rawValue: String

  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  public static func < (left: DetectorName, right: DetectorName) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension DetectorName: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    self.init(rawValue: value)
  }
}

extension DetectorName: CustomStringConvertible {
  public var description: String { rawValue }
}
