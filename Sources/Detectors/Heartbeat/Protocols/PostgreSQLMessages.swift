/// One message of a PostgreSQL server: its type, and the needed part of its body.
struct PostgreSQLMessage: Hashable {
  var type: UInt8
  /// Cut at ``PostgreSQLMessages/bodyLimit``; empty for types without a needed body.
  var body: [UInt8]
}

/// Splits the bytes of a PostgreSQL server into messages (PostgreSQL documentation, "Message Formats"). Skips the
/// bodies that are not needed.
struct PostgreSQLMessages: Sendable {
  /// Enough for the fields of an error that matter.
  static let bodyLimit = 2048
  /// Before the login is over nothing is longer; afterwards the server's own limit of 1 GiB holds.
  static let loginLengthLimit: UInt64 = 1 << 16
  static let lengthLimit: UInt64 = 1 << 30

  private enum State {
    case header
    case body(wanted: Int, remaining: UInt64)
  }

  private var state = State.header
  private var header: [UInt8] = []
  private var body: [UInt8] = []

  var heldBytes: Int { header.count + body.count }

  /// The next whole message, or `nil` when all bytes are taken.
  mutating func next(
    from bytes: inout ArraySlice<UInt8>, isLogin: Bool
  ) throws(HeartbeatProtocolError) -> PostgreSQLMessage? {
    if case .header = state {
      guard WireBytes.fill(&header, to: 5, from: &bytes) else { return nil }
      state = try begin(isLogin: isLogin)
    }
    guard case .body(let wanted, var remaining) = state else { return nil }
    let before = body.count
    let isFull = WireBytes.fill(&body, to: wanted, from: &bytes)
    remaining -= UInt64(body.count - before)
    if isFull { remaining = WireBytes.skip(remaining, of: &bytes) }
    guard remaining == 0 else {
      state = .body(wanted: wanted, remaining: remaining)
      return nil
    }
    let message = PostgreSQLMessage(type: header.first ?? 0, body: body)
    (header, body, state) = ([], [], .header)
    return message
  }

  private func begin(isLogin: Bool) throws(HeartbeatProtocolError) -> State {
    let type = header.first ?? 0
    let known = isLogin ? Self.loginTypes : Self.types
    guard known.contains(type) else {
      throw PostgreSQLHeartbeat.error("unexpected message \(WireBytes.hex(type)): not a PostgreSQL server?")
    }
    let length = WireBytes.number(header.dropFirst())
    guard length >= 4, length <= (isLogin ? Self.loginLengthLimit : Self.lengthLimit) else {
      throw PostgreSQLHeartbeat.error("a message of \(length) bytes: not a PostgreSQL server?")
    }
    let remaining = length - 4
    let wanted = isLogin && Self.readTypes.contains(type) ? min(Int(remaining), Self.bodyLimit) : 0
    return .body(wanted: wanted, remaining: remaining)
  }

  private static let readTypes: Set<UInt8> = Set("RE".utf8)
  private static let loginTypes: Set<UInt8> = Set("RENSKZv".utf8)
  /// Every backend message of protocol 3.
  private static let types: Set<UInt8> = Set("RENSKZvACDGHWIT123cdnstV".utf8)
}

extension PostgreSQLMessage {
  /// Severity, code and text of an ErrorResponse ("Error and Notice Message Fields").
  var errorText: String {
    var fields: [UInt8: ArraySlice<UInt8>] = [:]
    for field in body.split(separator: 0) {
      if let type = field.first { fields[type] = field.dropFirst() }
    }
    // "V" is the severity that is never translated (since 9.6).
    let severity = fields[0x56] ?? fields[0x53]
    let parts = [severity, fields[0x43]].compactMap { $0.map { WireBytes.printable($0, limit: 20) } }
    let text = fields[0x4D].map { WireBytes.printable($0) } ?? "no message"
    return parts.isEmpty ? text : parts.joined(separator: " ") + ": " + text
  }
}
