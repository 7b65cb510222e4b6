/// Finds where the body of an HTTP/1 response ends (RFC 9112, 6.3 and 7.1), without keeping it.
struct HTTPBody: Sendable {
  static let lineLimit = 4096
  static let trailerLimit = 65536

  private enum State {
    case length(remaining: UInt64)
    case chunkSize
    case chunk(remaining: UInt64)
    case chunkEnd
    case trailers(taken: Int)
    case untilClose
    case over
  }

  private var state: State
  private var line = LineBuffer(limit: lineLimit)

  /// For the final response to a request that is neither HEAD nor CONNECT.
  init(of head: HTTPHead) throws(HeartbeatProtocolError) {
    let codings = head.list("transfer-encoding")
    if head.status == 204 || head.status == 304 {
      state = .over
    } else if let last = codings.last {
      state = last.lowercased() == "chunked" ? .chunkSize : .untilClose
    } else {
      let lengths = Set(head.list("content-length"))
      guard let text = lengths.first else {
        state = .untilClose
        return
      }
      guard lengths.count == 1, let length = WireBytes.digits(text.utf8) else {
        throw Self.error(
          "Content-Length \"\(WireBytes.printable(text.utf8, limit: 40))\" is no single number")
      }
      state = length > 0 ? .length(remaining: length) : .over
    }
  }

  var heldBytes: Int { line.count }

  /// The body ends only with the connection.
  var endsWithConnection: Bool {
    if case .untilClose = state { true } else { false }
  }

  /// Consumes bytes of the body from the front, and returns whether the body is over.
  mutating func take(from bytes: inout ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Bool {
    while true {
      switch state {
      case .over: return true
      case .untilClose:
        bytes = []
        return false
      case .length(let remaining):
        let left = WireBytes.skip(remaining, of: &bytes)
        state = left > 0 ? .length(remaining: left) : .over
      case .chunk(let remaining):
        let left = WireBytes.skip(remaining, of: &bytes)
        state = left > 0 ? .chunk(remaining: left) : .chunkEnd
      case .chunkSize, .chunkEnd, .trailers:
        switch line.take(from: &bytes) {
        case .incomplete: return false
        case .tooLong: throw Self.error("a line of a chunked body longer than \(Self.lineLimit) bytes")
        case .line(let text): state = try next(after: text)
        }
      }
      if bytes.isEmpty {
        if case .over = state { return true }
        return false
      }
    }
  }

  private func next(after line: [UInt8]) throws(HeartbeatProtocolError) -> State {
    switch state {
    case .chunkSize:
      let digits = line.prefix { $0 != 0x3B && $0 != 0x20 && $0 != 0x09 }
      guard let size = WireBytes.digits(digits, radix: 16) else {
        throw Self.error("chunk size \"\(WireBytes.printable(line, limit: 40))\"")
      }
      return size > 0 ? .chunk(remaining: size) : .trailers(taken: 0)
    case .chunkEnd:
      guard line.isEmpty else { throw Self.error("a chunk longer than it said") }
      return .chunkSize
    case .trailers(let taken):
      guard taken + line.count <= Self.trailerLimit else {
        throw Self.error("trailers of more than \(Self.trailerLimit) bytes")
      }
      return line.isEmpty ? .over : .trailers(taken: taken + line.count)
    default: return state
    }
  }

  private static func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: HTTPHeartbeat.name, reason: reason)
  }
}
