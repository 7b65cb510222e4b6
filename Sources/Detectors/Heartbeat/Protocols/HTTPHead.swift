/// The head of an HTTP/1 response, as far as heartbeats need it.
struct HTTPHead: Sendable, Hashable {
  var status: Int
  var minorVersion: Int
  private(set) var fields: [String: [String]] = [:]

  /// The only fields that are kept; all others cost nothing.
  static let keptFields: Set<String> = [
    "connection", "content-length", "transfer-encoding", "upgrade", "sec-websocket-accept",
    "sec-websocket-protocol", "sec-websocket-extensions",
  ]

  /// From a status line (RFC 9112, 4).
  init?(statusLine line: [UInt8]) {
    let code = line.dropFirst(9).prefix(3)
    guard line.starts(with: "HTTP/1.".utf8), line.count >= 12, line[8] == 0x20,
      line.count == 12 || line[12] == 0x20,
      let minorVersion = WireBytes.digits(line[7...7]),
      let status = WireBytes.digits(code), status >= 100
    else { return nil }
    self.minorVersion = Int(minorVersion)
    self.status = Int(status)
  }

  /// Parses a field line (RFC 9112, 5). False if it is none.
  mutating func add(fieldLine line: [UInt8]) -> Bool {
    // Obsolete folding continues a field. None of our fields is ever folded.
    if line.first == 0x20 || line.first == 0x09 { return true }
    guard let colon = line.firstIndex(of: 0x3A), colon > 0 else { return false }
    let name = Self.trimmed(line[..<colon]).lowercased()
    if Self.keptFields.contains(name) {
      fields[name, default: []].append(Self.trimmed(line[(colon + 1)...]))
    }
    return true
  }

  /// The elements of a field that is a comma-separated list, as sent.
  func list(_ name: String) -> [String] {
    (fields[name] ?? []).flatMap { value in
      value.utf8.split(separator: 0x2C).map { Self.trimmed(Array($0)[...]) }.filter { !$0.isEmpty }
    }
  }

  /// Whether the field lists this element, in whatever case.
  func has(_ element: String, in name: String) -> Bool {
    list(name).contains { $0.lowercased() == element }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    var rest = bytes.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}

/// Collects response heads from bytes in pieces of any size, within limits.
struct HTTPHeadParser: Sendable {
  static let lineLimit = 8192
  static let headLimit = 65536

  let protocolName: String
  private var line = LineBuffer(limit: lineLimit)
  private var head: HTTPHead?
  private var taken = 0

  init(protocolName: String) {
    self.protocolName = protocolName
  }

  var heldBytes: Int { line.count + taken }

  /// The next whole head, or `nil` when all bytes are taken.
  mutating func next(from bytes: inout ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> HTTPHead? {
    while !bytes.isEmpty {
      let text: [UInt8]
      switch line.take(from: &bytes) {
      case .incomplete: return nil
      case .tooLong: throw error("a header line longer than \(Self.lineLimit) bytes: not an HTTP server?")
      case .line(let line): text = line
      }
      taken += text.count
      guard taken <= Self.headLimit else { throw error("headers of more than \(Self.headLimit) bytes") }
      guard var current = head else {
        // Some servers end a body with an empty line too many.
        if text.isEmpty { continue }
        head = HTTPHead(statusLine: text)
        guard head != nil else {
          throw error("\"\(WireBytes.printable(text, limit: 40))\" is no HTTP/1 status line")
        }
        continue
      }
      if text.isEmpty {
        (head, taken) = (nil, 0)
        return current
      }
      guard current.add(fieldLine: text) else {
        throw error("\"\(WireBytes.printable(text, limit: 40))\" is no header")
      }
      head = current
    }
    return nil
  }

  private func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: protocolName, reason: reason)
  }
}
