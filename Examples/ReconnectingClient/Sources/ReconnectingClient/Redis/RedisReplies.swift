import Glibc

/// An answer in the Redis serialization protocol (RESP2).
enum RedisReply: Hashable, Sendable {
  case status(String)
  case error(String)
  case number(Int)
  /// A bulk string; empty for none.
  case text(String)
  case array([RedisReply])
}

/// Reads answers from a blocking connection.
struct RedisReplies {
  private let descriptor: CInt
  private var buffer: ArraySlice<UInt8> = []

  init(descriptor: CInt) {
    self.descriptor = descriptor
  }

  /// Waits for the next answer.
  mutating func next() throws -> RedisReply { try next(depth: 0) }

  private mutating func next(depth: Int) throws -> RedisReply {
    let line = try line()
    let rest = String(line.dropFirst())
    switch line.first {
    case "+": return .status(rest)
    case "-": return .error(rest)
    case ":": return .number(Int(rest) ?? 0)
    case "$":
      guard let count = Int(rest), count >= 0 else { return .text("") }
      let text = String(decoding: try take(count), as: UTF8.self)
      _ = try take(2)
      return .text(text)
    case "*" where depth < 8:
      guard let count = Int(rest), count >= 0 else { return .array([]) }
      var parts: [RedisReply] = []
      for _ in 0..<count { parts.append(try next(depth: depth + 1)) }
      return .array(parts)
    default:
      throw RedisRefusal(description: "not an answer of Redis: \(line)")
    }
  }

  private mutating func line() throws -> String {
    while true {
      if let end = buffer.firstIndex(of: 0x0A) {
        defer { buffer = buffer[(end + 1)...] }
        return String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
      }
      guard buffer.count < 1 << 16 else { throw RedisRefusal(description: "a line without an end") }
      try receive()
    }
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    while buffer.count < count { try receive() }
    defer { buffer = buffer.dropFirst(count) }
    return buffer.prefix(count)
  }

  private mutating func receive() throws {
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    var count = -1
    repeat { count = recv(descriptor, &bytes, bytes.count, 0) } while count < 0 && errno == EINTR
    guard count > 0 else { throw ConnectionFailure(call: "recv", code: count == 0 ? 0 : errno) }
    buffer += bytes[..<count]
  }
}
