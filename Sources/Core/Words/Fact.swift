/// A raw reading behind a piece of evidence: an errno, a TCP state, a counter, an age.
public struct Fact: Hashable, Sendable {
  public enum Value: Hashable, Sendable {
    case count(Int)
    case level(Double)
    case duration(Duration)
    case text(String)
  }

  /// Lower-case words joined by `_`, without a unit: `retransmits`, `since_ack`.
  public let name: String
  public let value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  public static func count(_ name: String, _ value: some BinaryInteger) -> Fact {
    Fact(name, .count(Int(clamping: value)))
  }

  public static func duration(_ name: String, _ value: Duration) -> Fact {
    Fact(name, .duration(value))
  }

  public static func text(_ name: String, _ value: String) -> Fact {
    Fact(name, .text(value))
  }

  public static func level(_ name: String, _ value: Double) -> Fact {
    Fact(name, .level(value))
  }
}
