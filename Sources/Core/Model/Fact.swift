/// A raw reading behind a piece of evidence: an errno, a TCP state, a counter, an age.
public struct Fact: Hashable, Sendable {
  /// The reading.
  @nonexhaustive
  public enum Value: Hashable, Sendable {
    /// A count.
    case count(Int)
    /// A level without a unit, such as φ.
    case level(Double)
    /// A time span.
    case duration(Duration)
    /// A name, such as that of a state.
    case text(String)
  }

  /// Lower-case words joined by `_`, without a unit: `retransmits`, `since_ack`.
  public let name: String
  /// The reading.
  public let value: Value

  /// A reading by its name.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// A count, clamped to the range of `Int`.
  public static func count(_ name: String, _ value: some BinaryInteger) -> Fact {
    Fact(name, .count(Int(clamping: value)))
  }

  /// A time span.
  public static func duration(_ name: String, _ value: Duration) -> Fact {
    Fact(name, .duration(value))
  }

  /// A name.
  public static func text(_ name: String, _ value: String) -> Fact {
    Fact(name, .text(value))
  }

  /// A level without a unit.
  public static func level(_ name: String, _ value: Double) -> Fact {
    Fact(name, .level(value))
  }
}

extension Fact: CustomStringConvertible {
  /// `retransmits=4`, `since_ack=3.41s`.
  public var description: String {
    switch value {
    case .count(let count): "\(name)=\(count)"
    case .level(let level): "\(name)=\(level)"
    case .duration(let duration): "\(name)=\(duration.inWords)"
    case .text(let text): "\(name)=\(text)"
    }
  }
}

extension Duration {
  /// Rounded, with a unit: `85us`, `12.5ms`, `2.85s`.
  package var inWords: String {
    switch milliseconds {
    case ..<1: (milliseconds * 1000).text(decimals: 0) + "us"
    case ..<100: milliseconds.text(decimals: 1) + "ms"
    case ..<1000: milliseconds.text(decimals: 0) + "ms"
    default: secondsValue.text(decimals: 2) + "s"
    }
  }
}
