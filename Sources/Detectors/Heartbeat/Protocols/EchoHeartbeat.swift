public import FlatlineExplaining

/// A line that comes back: for echo services (RFC 862) and the simplest servers.
///
/// Sends `flatline N` and a line feed, N from 1. A line equal to one sent and not yet answered is a pong; any
/// other line is life only, however long. Never throws.
public struct EchoHeartbeat: HeartbeatProtocol, BoundedConversation {
  public static var name: String { "echo" }

  public static var leastInterval: LeastPingInterval {
    LeastPingInterval(
      .zero, consequence: "an echo service sends back whatever comes",
      rule: "RFC 862")
  }

  /// Longer lines cannot be ours: "flatline " and at most 20 digits.
  static let lineLimit = 29

  private static let greeting = Array("flatline ".utf8)
  private var line = LineBuffer(limit: lineLimit)
  private var ledger = PingLedger()

  /// Nothing sent yet.
  public init() {}

  var heldBytes: Int { line.count }

  public mutating func opening() -> [UInt8] { [] }

  public mutating func ping() -> [UInt8]? { Array("flatline \(ledger.next())\n".utf8) }

  public mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    var rest = bytes
    var reception = Reception(isReady: true)
    while !rest.isEmpty {
      guard case .line(let text) = line.take(from: &rest), let number = Self.number(in: text) else {
        continue
      }
      reception.pongs += ledger.answer(upTo: number)
    }
    return reception
  }

  private static func number(in line: [UInt8]) -> UInt64? {
    guard line.starts(with: greeting) else { return nil }
    let digits = line.dropFirst(greeting.count)
    // "flatline 01" is not equal to anything sent.
    return digits.first == 0x30 ? nil : WireBytes.digits(digits)
  }
}
