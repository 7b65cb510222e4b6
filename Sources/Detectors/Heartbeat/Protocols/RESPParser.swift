/// Finds where replies of the Redis serialization protocol end, RESP2 and RESP3, without keeping their
/// contents.
///
/// Source: redis.io, "Redis serialization protocol specification". The streamed strings and aggregates of the
/// RESP3 draft (`$?`, `*?`), which no Redis server sends, are an error.
struct RESPParser: Sendable {
  /// A whole top-level item.
  enum Item: Hashable {
    case reply
    /// Out of band (`>`): not an answer to any command.
    case push
  }

  private enum State {
    case line
    case bulk(remaining: UInt64)
    case bulkEnd
  }

  private struct Aggregate {
    var remaining: UInt64
    /// Attributes (`|`) stand before a value and do not count as one.
    var isAttribute: Bool
  }

  static let lineLimit = 4096
  static let depthLimit = 32
  /// The server's own `proto-max-bulk-len`.
  static let bulkLimit: UInt64 = 512 << 20
  static let elementLimit: UInt64 = 1 << 32

  private var state = State.line
  private var line = LineBuffer(limit: lineLimit)
  private var open: [Aggregate] = []
  private var isPush = false

  var heldBytes: Int { line.count + open.count * MemoryLayout<Aggregate>.stride }

  /// The next whole top-level item, or `nil` when all bytes are taken.
  mutating func next(from bytes: inout ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Item? {
    while !bytes.isEmpty {
      let item: Item?
      switch state {
      case .line:
        if line.count == 0, let first = bytes.first, !Self.types.contains(first) {
          throw Self.error("unexpected byte \(WireBytes.hex(first)): not a Redis server?")
        }
        switch line.take(from: &bytes) {
        case .incomplete: return nil
        case .tooLong: throw Self.error("a line longer than \(Self.lineLimit) bytes")
        case .line(let text): item = try value(text)
        }
      case .bulk(let remaining):
        let left = WireBytes.skip(remaining, of: &bytes)
        state = left > 0 ? .bulk(remaining: left) : .bulkEnd
        continue
      case .bulkEnd:
        switch line.take(from: &bytes) {
        case .incomplete where line.count < 2: return nil
        case .line([]):
          state = .line
          item = completed()
        default: throw Self.error("a bulk string longer than it said")
        }
      }
      if let item { return item }
    }
    return nil
  }

  private static let types: Set<UInt8> = Set("+-:,#_($!=*~>%|".utf8)

  private mutating func value(_ line: [UInt8]) throws(HeartbeatProtocolError) -> Item? {
    let text = line.dropFirst()
    let isNull = text.elementsEqual("-1".utf8)
    switch line.first.map(Unicode.Scalar.init) {
    case "+", "-": return completed()
    case ":", "(":
      let digits = text.first == 0x2D || text.first == 0x2B ? text.dropFirst() : text
      guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { break }
      return completed()
    case ",":
      guard !text.isEmpty else { break }
      return completed()
    case "#":
      guard text.elementsEqual("t".utf8) || text.elementsEqual("f".utf8) else { break }
      return completed()
    case "_":
      guard text.isEmpty else { break }
      return completed()
    case "$" where isNull, "*" where isNull: return completed()
    case "$", "!", "=":
      guard let length = WireBytes.digits(text), length <= Self.bulkLimit else { break }
      state = length > 0 ? .bulk(remaining: length) : .bulkEnd
      return nil
    case "*", "~": return try begin(text, each: 1)
    case "%": return try begin(text, each: 2)
    case "|": return try begin(text, each: 2, isAttribute: true)
    case ">":
      guard open.isEmpty else { throw Self.error("a push message inside a reply") }
      isPush = true
      return try begin(text, each: 1)
    default: break
    }
    throw Self.error("malformed line \"\(WireBytes.printable(line, limit: 40))\"")
  }

  private mutating func begin(
    _ text: ArraySlice<UInt8>, each: UInt64, isAttribute: Bool = false
  ) throws(HeartbeatProtocolError) -> Item? {
    guard let count = WireBytes.digits(text), count <= Self.elementLimit else {
      throw Self.error("malformed element count \"\(WireBytes.printable(text, limit: 40))\"")
    }
    if count == 0 { return isAttribute ? nil : completed() }
    guard open.count < Self.depthLimit else {
      throw Self.error("replies nested deeper than \(Self.depthLimit)")
    }
    open.append(Aggregate(remaining: count * each, isAttribute: isAttribute))
    return nil
  }

  /// One value is complete. So is each aggregate of which it was the last element.
  private mutating func completed() -> Item? {
    while var innermost = open.popLast() {
      innermost.remaining -= 1
      if innermost.remaining > 0 {
        open.append(innermost)
        return nil
      }
      if innermost.isAttribute { return nil }
    }
    defer { isPush = false }
    return isPush ? .push : .reply
  }

  private static func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: RedisHeartbeat.name, reason: reason)
  }
}
